from __future__ import annotations

import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from crash_rate_aggregates.database.access.connection import connect
from crash_rate_aggregates.database.assessments.notifications import sent_notifications
from crash_rate_aggregates.errors import NotificationError
from crash_rate_aggregates.questions.said.lit_alarms import lit_alarms
from crash_rate_aggregates.watch.acknowledging import acknowledge_lit
from crash_rate_aggregates.watch.chat_channels import Matrix, Slack
from crash_rate_aggregates.watch.destinations import Destination
from crash_rate_aggregates.watch.notifying import due_notifications, notify
from crash_rate_aggregates.watch.service_channels import PagerDuty, Webhook
from test.questions.said.alarm_database import AlarmDatabaseTestCase
from test.questions.said.made_alarms import FIRST, MAIN, VERDICT, alarm, assess_evenings, verdict
from test.watch.receivers import Answer, WebReceiver

OTHER = "firefox/esr/main/2026-11-24"


class NotifyingTest(AlarmDatabaseTestCase):
    def told(self, *destinations: Destination, seconds: float = 10.0) -> list[str]:
        """Send what is due; return what was said of it."""
        said: list[str] = []
        evening = lit_alarms(self.connection)
        due = due_notifications(self.connection, evening, destinations)
        notify(
            self.connection,
            due,
            lambda one: said.append(f"{one.destination.name} {one.message.state}"),
            seconds=seconds,
        )
        return said

    def recorded(self) -> list[tuple[str, str, str]]:
        """Return what was sent, as it is recorded."""
        sent = sent_notifications(self.connection)
        return [(one.destination, one.alarm_id, one.state) for one in sent]

    def hook(self, *answers: Answer | int, name: str = "hook") -> Destination:
        """Return a destination that gives these answers, with its receiver in `receivers`."""
        receiver = WebReceiver(self, *answers)
        self.receivers = [*getattr(self, "receivers", ()), receiver]
        return Destination(name, Webhook(url=receiver.url))

    def events(self, number: int = 0) -> Sequence[tuple[str, str]]:
        """Return what a destination received."""
        return [(one["event"], one["alarm_id"]) for one in self.receivers[number].bodies]

    def test_once(self) -> None:
        """Each alarm is sent once to each destination, and a second run sends nothing."""
        assess_evenings(self.connection, (alarm(), verdict()))
        one, two = self.hook(name="one"), self.hook(name="two")
        self.assertEqual(self.told(one), ["one begun"] * 2)
        self.assertEqual(self.told(one), [])
        self.assertEqual(self.told(one, two), ["two begun"] * 2)
        self.assertEqual(self.events(0), [("begun", MAIN), ("begun", VERDICT)])
        self.assertEqual(self.events(1), self.events(0))
        self.assertEqual(len(self.recorded()), 4)

    def test_a_life(self) -> None:
        """Begun, quiet while it is acknowledged, worsened, ended: each is told on its evening."""
        hook = self.hook()
        evenings = [(alarm(),), (alarm("lit", 2.1),), (alarm("lit", 3.2),), (alarm("ended"),)]
        wanted = [["hook begun"], [], ["hook worsened"], ["hook ended"]]
        for number, says in enumerate(wanted, start=1):
            self.connection.execute("TRUNCATE crash_assessments CASCADE")
            assess_evenings(self.connection, *evenings[:number])
            if number == 2:
                acknowledge_lit(self.connection, MAIN, "Ann", "bug 1")
            self.assertEqual(self.told(hook), says)
        self.assertEqual(self.told(hook), [])
        self.assertEqual(self.receivers[0].bodies[1]["note"], "bug 1")

    def test_an_incident(self) -> None:
        """PagerDuty is told of the acknowledgement too."""
        receiver = WebReceiver(self)
        pager = Destination("pager", PagerDuty(routing_key="R0", url=receiver.url))
        assess_evenings(self.connection, (alarm(),))
        self.told(pager)
        acknowledge_lit(self.connection, MAIN, "Ann", "bug 1")
        self.assertEqual(self.told(pager), ["pager acknowledged"])
        self.assertEqual(self.told(pager), [])
        self.assertEqual(
            [one["event_action"] for one in receiver.bodies], ["trigger", "acknowledge"]
        )

    def test_a_destination_that_fails(self) -> None:
        """One that fails is told in a sentence, others get theirs, and the next run makes it up."""
        rows = (alarm(), alarm(alarm_id=OTHER), verdict())
        assess_evenings(self.connection, rows)
        broken, sound = self.hook(503, 503, 503, name="broken"), self.hook(name="sound")
        with self.assertRaisesRegex(
            NotificationError,
            "^broken did not take 3 messages: it answers 503 Service Unavailable: the next "
            "`watch --notify` sends what is missing$",
        ):
            self.told(broken, sound)
        # After the first message that it does not take it is left alone.
        self.assertEqual((len(self.events(0)), len(self.events(1))), (3, 3))
        self.assertEqual({name for name, _, _ in self.recorded()}, {"sound"})
        self.assertEqual(self.told(broken, sound), ["broken begun"] * 3)

    def test_a_message_that_is_rejected(self) -> None:
        """A rejected message holds up no other, and both destinations stand in the sentence."""
        assess_evenings(self.connection, (alarm(), alarm(alarm_id=OTHER)))
        one = self.hook(400, 200, name="one")
        gone = self.hook(410, name="gone")
        with self.assertRaisesRegex(
            NotificationError,
            "^one did not take a message: it answers 400 Bad Request: it rejects the message; "
            "gone did not take 2 messages: it answers 410 Gone",
        ):
            self.told(one, gone)
        self.assertEqual([state for _, _, state in self.recorded()], ["begun"])
        self.assertEqual(self.told(one), ["one begun"])

    def test_a_lost_answer(self) -> None:
        """What is not known to be taken is sent again by the next run, by the same id."""
        receiver = WebReceiver(self, *[Answer(hangs=True)] * 3)
        matrix = Destination("room", Matrix(url=receiver.url, room="!a:b", token="x"))
        assess_evenings(self.connection, (alarm(),))
        with self.assertRaisesRegex(NotificationError, "^room did not take a message: it gave no"):
            self.told(matrix, seconds=0.9)
        self.assertEqual(self.recorded(), [])
        self.assertEqual(self.told(matrix), ["room begun"])
        self.assertEqual(len({one.path for one in receiver.received}), 1)

    def test_two_at_once(self) -> None:
        """Two runs at the same time send each message once between them."""
        assess_evenings(self.connection, (alarm(), verdict()))
        destination = self.hook()
        evening = lit_alarms(self.connection)
        both_know = threading.Barrier(2)

        def run() -> int:
            said: list[str] = []
            with connect(self.url) as connection:
                due = due_notifications(connection, evening, [destination])
                both_know.wait()
                notify(connection, due, lambda one: said.append(one.message.state))
            return len(said)

        with ThreadPoolExecutor(2) as pool:
            runs = [pool.submit(run) for _ in range(2)]
            self.assertEqual(sum(one.result() for one in runs), 2)
        self.assertEqual(len(self.events()), 2)

    def test_no_address_is_recorded(self) -> None:
        """The record holds the names of destinations, and nothing of their addresses."""
        receiver = WebReceiver(self)
        assess_evenings(self.connection, (alarm(),))
        self.told(Destination("chat", Slack(url=f"{receiver.url}/hush4711")))
        row = self.connection.execute("SELECT n::text FROM crash_notifications AS n").fetchall()
        self.assertEqual(len(row), 1)
        self.assertNotIn("hush4711", str(row))
        self.assertNotIn("127.0.0.1", str(row))
        self.assertEqual(FIRST, lit_alarms(self.connection).submission_date)


if __name__ == "__main__":
    import unittest

    unittest.main()
