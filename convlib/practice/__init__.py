"""Practice: a wrong answer is met with the mistake that leads to it."""

from convlib.practice.diagnosis import Diagnosis, diagnose
from convlib.practice.drills import QUANTITIES, Drill, draw
from convlib.practice.notebook import check, hint, solution
from convlib.practice.trainer import trainer

__all__ = ["QUANTITIES", "Diagnosis", "Drill", "check", "diagnose", "draw", "hint", "solution", "trainer"]
