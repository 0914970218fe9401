"""Chinese spoken times: ``find_times(text, now)``."""

from bot.engine.nlu.times.moment import SHANGHAI, Interval
from bot.engine.nlu.times.parser import TimeFound, find_times

__all__ = ["SHANGHAI", "Interval", "TimeFound", "find_times"]
