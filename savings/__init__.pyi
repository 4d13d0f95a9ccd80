from pipeline.api import ReadPaper as ReadPaper
from pipeline.api import Run as Run
from pipeline.api import open_run as open  # noqa: A004
from pipeline.api import read as read
from pipeline.api import read_folder as read_folder

__all__ = ["open", "read", "read_folder"]
