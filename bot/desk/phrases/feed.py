"""Keep the revisions of the database at hand in a running process."""

from __future__ import annotations

from bot.desk.database import Database
from bot.desk.phrases import records
from bot.desk.phrases.in_force import Revision


class RevisionFeed:
    """Read the revisions again whenever a phrase took a step.

    Args:
        database: the records.
    """

    def __init__(self, database: Database) -> None:
        """Begin with none; `poll` brings them."""
        self._database = database
        self._mark: tuple[int, int] | None = None
        self.revisions: tuple[Revision, ...] = ()

    async def poll(self) -> bool:
        """Look for steps since the last look and take the revisions anew when there were any.

        Raises:
            InvalidFilesError: a row does not hold a phrase; told once, and the revisions read last stay.
            SQLAlchemyError: the database does not answer; the revisions read last stay.
        """
        async with self._database.reading() as session:
            mark = await records.change_mark(session)
            if mark == self._mark:
                return False
            # Both in one transaction: a step between the two looks would be missed.
            self._mark = mark
            self.revisions = tuple(await records.revisions(session))
        return True
