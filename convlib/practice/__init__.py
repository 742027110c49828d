"""Practice: a wrong answer is met with the mistake that leads to it."""

from convlib.practice.diagnosis import Diagnosis, diagnose
from convlib.practice.drills import QUANTITIES, Drill, draw

__all__ = ["QUANTITIES", "Diagnosis", "Drill", "diagnose", "draw"]
