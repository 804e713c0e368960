"""The live class: every engine followed at once, and a page that shows it.

schedule    a few threads take the steps of hundreds of followers, fairly
inbox       what one engine tells, within bounds
follower    one student's engine: grades what its events concern, writes it down, then tells
board       what is shown: each student's newest verdicts, and who is stuck on what
web         the page, its token, and what learners' machines send
"""
