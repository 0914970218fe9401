"""Chinese spoken times: ``find_times(text, now)``."""

from bot.engine.nlu.times.moment import Interval
from bot.engine.nlu.times.parser import TimeFound, find_times

__all__ = ["Interval", "TimeFound", "find_times"]
