"""One turn: what was accepted is answered in order, once, whatever breaks in between."""

from __future__ import annotations

import asyncio
import contextlib
import enum
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import structlog
from sqlalchemy.exc import DataError, IntegrityError

from bot.chat.delivery.channel import Channels
from bot.chat.events.events import Event, EventBus
from bot.chat.speech.speaker import Speaker
from bot.chat.turns.closing import Answer, Closing, close_turn
from bot.chat.turns.engine_client import Bubble, EngineClient, EngineDownError, EngineError, EngineTurn
from bot.chat.turns.fair_turns import FairTurns
from bot.chat.turns.inbound import TurnPlan, plan_turn
from bot.chat.turns.pending_replies import Outcome, PendingReplies
from bot.chat.turns.retry_policy import RetryPolicy
from bot.desk.conversations import conversations, messages
from bot.desk.conversations.ownership import bot_answers
from bot.desk.database import STORAGE_ERRORS, Database
from bot.desk.models import Message

log = structlog.get_logger(__name__)

Clock = Callable[[], datetime]


class _Step(enum.Enum):
    IDLE = "idle"
    LAST = "last"
    """Answered, and nothing else waited at that moment."""
    ANSWERED = "answered"
    DOWN = "down"
    FAULT = "fault"


class _Worker:
    """The task that serves one conversation while something waits in it."""

    def __init__(self) -> None:
        self.wake = asyncio.Event()
        self.recovered = asyncio.Event()
        self.task: asyncio.Task[None] | None = None
        self.tries = 0
        self.faults = 0
        self.down = False


class Turns:
    """Answer the accepted sentences: one at a time in a conversation, many conversations at once.

    Args:
        clock: the present moment, aware; a seam for tests.
        width: engine calls at the same time.
        share: how many of them may be of one address, or of one customer whose address is not known.
    """

    def __init__(
        self,
        *,
        database: Database,
        engine: EngineClient,
        speaker: Speaker,
        channels: Channels,
        events: EventBus,
        clock: Clock = lambda: datetime.now(UTC),
        retry: RetryPolicy | None = None,
        width: int = 16,
        share: int = 2,
    ) -> None:
        self._database = database
        self._engine = engine
        self._speaker = speaker
        self._channels = channels
        self._events = events
        self._clock = clock
        self._retry = retry or RetryPolicy()
        self._places = FairTurns(width, share)
        self._workers: dict[str, _Worker] = {}
        self.pending = PendingReplies()
        self._sweeper: asyncio.Task[None] | None = None
        self._stopping = asyncio.Event()

    async def start(self) -> None:
        """Take up what an earlier process left unanswered, and look for more from time to time."""
        self._stopping.clear()
        self._sweeper = asyncio.create_task(self._sweep(), name="turn-sweeper")

    async def stop(self) -> None:
        """Stop; what is not answered is taken up at the next start."""
        self._stopping.set()
        # Let it end its look: a connection that is cut off while it is made is closed by nobody.
        if self._sweeper is not None:
            await self._sweeper
        tasks = [worker.task for worker in self._workers.values() if worker.task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def wake(self, conversation_id: str) -> None:
        """Look at a conversation now: something was accepted in it."""
        worker = self._workers.get(conversation_id)
        if worker is None:
            worker = self._workers[conversation_id] = _Worker()
            worker.task = asyncio.create_task(self._serve(conversation_id, worker), name=f"turn-{conversation_id}")
        worker.wake.set()

    async def _sweep(self) -> None:
        grace = timedelta(0)
        while not self._stopping.is_set():
            try:
                async with self._database.reading() as session:
                    found = await messages.waiting_conversations(
                        session, self._channels.names, before=self._clock() - grace
                    )
            except STORAGE_ERRORS as error:
                log.warning("turn.sweep_failed", cause=type(error).__name__)
            else:
                for conversation_id in found:
                    if conversation_id not in self._workers:
                        log.info("turn.taken_up", conversation=conversation_id)
                        self.wake(conversation_id)
                # After the first look only what another gateway left lying is ours.
                grace = timedelta(seconds=2 * self._retry.sweep)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), self._retry.sweep)

    async def _serve(self, conversation_id: str, worker: _Worker) -> None:
        while True:
            worker.wake.clear()
            worker.recovered.clear()
            step = await self._guarded_step(conversation_id, worker)
            if step in (_Step.IDLE, _Step.LAST):
                worker.tries = worker.faults = 0
                worker.down = False
                if worker.wake.is_set():
                    continue
                # No await between the look at the event and this: nobody can wake a worker that is gone.
                del self._workers[conversation_id]
                return
            if step is _Step.ANSWERED:
                worker.tries = worker.faults = 0
                worker.down = False
                continue
            worker.tries += 1
            self.pending.stall(conversation_id)
            # A new sentence does not shorten the pause: typing on would use up the tries of the one that fails.
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(worker.recovered.wait(), self._retry.pause(worker.tries))

    async def _guarded_step(self, conversation_id: str, worker: _Worker) -> _Step:
        try:
            async with self._events.exclusive(conversation_id):
                return await self._step(conversation_id, worker)
        except (DataError, IntegrityError) as error:
            # The records are there but cannot hold this answer: waiting does not help, so it counts as a fault.
            log.error("turn.unrecordable", conversation=conversation_id, cause=type(error).__name__)
            return await self._survive(conversation_id, worker)
        except STORAGE_ERRORS as error:
            log.error("records.unreachable", conversation=conversation_id, cause=type(error).__name__)
            worker.down = True
            return _Step.DOWN
        except Exception as error:
            # The edge of a task that must not die: the sentence stays accepted and is tried again.
            log.error("turn.broke", conversation=conversation_id, cause=type(error).__name__, exc_info=error)
            return await self._survive(conversation_id, worker)

    async def _survive(self, conversation_id: str, worker: _Worker) -> _Step:
        """Let a sentence go that breaks us time and again, so that the later ones get their turn."""
        worker.faults += 1
        if worker.faults < self._retry.tries:
            return _Step.FAULT
        async with self._database.session() as session:
            message = await messages.next_waiting(session, conversation_id)
            if message is not None:
                await messages.close(session, message.id, understood=None, payload=None, state="failed")
        log.error("turn.given_up", conversation=conversation_id)
        return _Step.ANSWERED

    async def _step(self, conversation_id: str, worker: _Worker) -> _Step:
        plan = await self._next(conversation_id)
        if plan is None:
            await self._resolve_settled(conversation_id)
            return _Step.IDLE
        if plan.for_staff:
            return await self._close(plan, None)
        if plan.notice is not None:
            return await self._close(plan, Answer([plan.notice]))
        await self._events.publish(plan.customer_id, {"kind": "typing", "on": True})
        try:
            return await self._consult(plan, worker)
        finally:
            await self._events.publish(plan.customer_id, {"kind": "typing", "on": False})

    async def _consult(self, plan: TurnPlan, worker: _Worker) -> _Step:
        try:
            async with self._places.place(plan.turn_group, plan.conversation_id):
                turn = await self._engine.ask(plan.engine_request())
        except EngineError as error:
            log.warning("engine.failed", conversation=plan.conversation_id, cause=str(error))
            return await self._apologise(plan, worker, down=isinstance(error, EngineDownError))
        step = await self._close(plan, Answer(turn.bubbles, understood=_understood(turn)))
        self._recovered(plan.conversation_id)
        return step

    async def _next(self, conversation_id: str) -> TurnPlan | None:
        async with self._database.reading() as session:
            found = await messages.next_turn(session, conversation_id)
            if found is None:
                return None
            conversation, message = found
            return await plan_turn(session, self._channels[conversation.channel], conversation, message)

    async def _close(self, plan: TurnPlan, answer: Answer | None) -> _Step:
        """Record the answer and tell everybody; None leaves the message to staff."""
        async with self._database.session() as session:
            closing = await close_turn(session, self._speaker, plan, answer, now=self._clock())
            waiting = await messages.next_waiting(session, plan.conversation_id)
        if closing is Closing.CLOSED_BEFORE:
            log.info("turn.answered_elsewhere", conversation=plan.conversation_id)
        if closing in (Closing.CLOSED_BEFORE, Closing.GIVEN_BACK):
            return _Step.ANSWERED
        self.pending.resolve(plan.conversation_id, plan.message_id, Outcome.ANSWERED)
        await self._events.publish(plan.customer_id, _news(plan, closing))
        return _Step.LAST if waiting is None else _Step.ANSWERED

    async def _apologise(self, plan: TurnPlan, worker: _Worker, *, down: bool) -> _Step:
        """Say once in an outage that the answer comes later; give up a sentence that a healthy engine cannot take."""
        if await self._beyond_hope(worker, down=down):
            log.error("turn.given_up", conversation=plan.conversation_id, message=plan.message_id)
            return await self._close(plan, Answer([Bubble(phrase="system.failed")], state="failed"))
        now = self._clock()
        told = False
        async with self._database.session() as session:
            conversation = await conversations.locked(session, plan.conversation_id)
            message = await session.get(Message, plan.message_id, populate_existing=True)
            if message is None or message.state != "accepted" or not bot_answers(conversation):
                return _Step.ANSWERED
            if conversation.outage_told_at is None:
                told = True
                conversation.outage_told_at = now
                apology = [Bubble(phrase="system.outage")]
                await self._speaker.say(session, conversation, apology, now=now, reply_to=plan.message_id)
        if told:
            await self._events.publish(plan.customer_id, {"kind": "new"})
        return _Step.DOWN if down else _Step.FAULT

    async def _beyond_hope(self, worker: _Worker, *, down: bool) -> bool:
        # A timeout counts too when the engine is well otherwise: some sentence may be too much for it.
        worker.down = not (await self._engine.engine_ready() and await self._engine.actions_ready())
        if worker.down:
            return False
        worker.faults += 1
        return worker.faults >= self._retry.tries

    def _recovered(self, conversation_id: str) -> None:
        """The engine answers: those who wait for it need not wait for their time."""
        for other, worker in self._workers.items():
            if worker.down and other != conversation_id:
                worker.down = False
                worker.recovered.set()

    async def _resolve_settled(self, conversation_id: str) -> None:
        """Tell those who wait for what another gateway has answered."""
        expected = self.pending.awaited(conversation_id)
        if not expected:
            return
        async with self._database.reading() as session:
            settled = await messages.closed(session, expected)
        for message_id in settled:
            self.pending.resolve(conversation_id, message_id, Outcome.ANSWERED)


def _news(plan: TurnPlan, closing: Closing) -> Event:
    if closing is Closing.ANSWERED:
        return {"kind": "new"}
    return {"kind": "for_staff", "conversation": plan.conversation_id, "message": plan.message_id}


def _understood(turn: EngineTurn) -> dict[str, object]:
    return turn.understood | {"journey": turn.journey, "asked": turn.asked}
