"""Checks of the lesson "mlops": systems and needs to sort, drawn afresh for each learner."""

from pathlib import Path

from checker.course import sorting

SYSTEMS = Path(__file__).with_name("systems.toml")
NEEDS = Path(__file__).with_name("needs.toml")

sorting("sort-flow", pool=SYSTEMS, places=("data", "model", "serving"), count=8, points=2)
sorting("sort-data", pool=SYSTEMS, places=("collect", "store", "manage"), count=7, points=2)
sorting("sort-model", pool=SYSTEMS, places=("develop", "tune", "operate"), count=5, points=1)
sorting("sort-serving", pool=SYSTEMS, places=("package", "monitor", "pipeline"), count=6, points=1)
sorting(
    "pick-system",
    pool=NEEDS,
    places=(
        "kafka",
        "dvc",
        "feast",
        "tfdv",
        "jupyterhub",
        "optuna",
        "bentoml",
        "prometheus",
        "argo-workflows",
    ),
    count=6,
    points=2,
)
