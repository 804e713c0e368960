"""The classroom: one instructor, many learners.

roster        who is in the class, and which engine is whose
rules         due dates, penalties, dropped and extra exercises, overrides
class_journal what is remembered of everyone: SQLite, or PostgreSQL by URL
gradebook     the class's grades, as every export and screen gets them
"""
