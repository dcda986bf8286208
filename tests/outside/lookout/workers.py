"""What a worker might do, and should not; and a piece of work that is none."""

import os
import time

from datastd import engines
from datastd.engines import worker
from datastd.engines.wire import Told, encode


def exits(*_):
    os._exit(7)


def sleeps(*_):
    time.sleep(1000)


def babbles(connection, *_):
    connection.send_bytes(encode(Told(worker.READY)))
    connection.recv()
    connection.send_bytes(b"no message")
    time.sleep(1000)


def repeats(connection, *_):
    connection.send_bytes(encode(Told(worker.READY)))
    while True:
        number, _ = connection.recv()
        for _ in range(50):
            connection.send_bytes(encode(Told(number, 1)))
        time.sleep(0.3)
        for _ in range(3):
            connection.send_bytes(encode(Told(number, trouble=("DataStdError", "a", "b", "c"))))


class Nothing:
    def __len__(self):
        return 1


def pretends(connection, *_):
    connection.send_bytes(encode(Told(worker.READY)))
    number, _ = connection.recv()
    while True:
        connection.send_bytes(encode(Told(number, 1)))
        time.sleep(0.05)


def impatient(*arguments):
    worker._WATCH_S, worker._LOOK_S = 2, 1
    worker.main(*arguments)


def little_by_little(*arguments):
    engines.ROWS = 1
    worker.main(*arguments)
