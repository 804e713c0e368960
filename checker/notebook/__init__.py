"""The course in JupyterLab: built from the lessons, opened by `lesson`, graded by line magics.

cells, notebook_file, building    lessons -> notebooks, the same bytes every time
executing, solving                the solved notebooks, run on an engine of their own
opening, magics, pages            what runs in a learner's kernel
nbgrader_form, autograding        the same notebooks for nbgrader, and what they run there
docker_*, docker_view/            %docker: the docker command in a cell, with a bar
panel, panel_*, panel_view/       the live panel: it follows the engine without a click
work_folder, lab                  the learner's own copies, and JupyterLab on them
"""

from checker.notebook.opening import lesson

__all__ = ["lesson"]
