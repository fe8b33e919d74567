"""A terminal for a command: what a user would see of it, whatever its size and kind."""

import fcntl
import os
import pty
import select
import signal
import struct
import subprocess
import sys
import termios
import time

import pyte


class PseudoTerminal:
    """Runs a command in a terminal of its own; use it in a `with` block.

    Attributes:
        screen: what is on it.
        raw: all that was written to it.
        seconds: from the start to the first character; None before.
    """

    def __init__(self, *words, columns=80, lines=24, folder=None, **environment):
        """Start the command; `None` takes a variable away."""
        self.screen = pyte.HistoryScreen(columns, lines, history=1000)
        self._stream = pyte.ByteStream(self.screen)
        self.raw, self.seconds = b"", None
        self._master, side = pty.openpty()
        self._size(columns, lines)
        given = {"TERM": "xterm-256color", "COLUMNS": None, "LINES": None, **environment}
        values = {**os.environ, **{k: v for k, v in given.items() if v is not None}}
        for name in (name for name, value in given.items() if value is None):
            values.pop(name, None)
        self._started = time.monotonic()
        self.process = subprocess.Popen(
            [sys.executable, *map(str, words)],
            stdin=side, stdout=side, stderr=side, cwd=folder, env=values, start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(side, termios.TIOCSCTTY, 0),
        )  # fmt: skip
        os.close(side)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        os.close(self._master)

    @property
    def shown(self):
        """The lines of the screen, without blanks at their ends."""
        return [line.rstrip() for line in self.screen.display]

    @property
    def text(self):
        """All lines, those that left the screen included."""
        gone = ["".join(line[i].data for i in sorted(line)) for line in self.screen.history.top]
        return "\n".join([*gone, *self.shown])

    def read(self, seconds):
        """Take what comes within so many seconds; whether the command still writes."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            if not select.select([self._master], [], [], left)[0]:
                continue
            try:
                data = os.read(self._master, 65536)
            except OSError:
                return False
            if not data:
                return False
            self.seconds = self.seconds or time.monotonic() - self._started
            self.raw += data
            self._stream.feed(data)
        return True

    def wait_for(self, text, seconds=120):
        """Wait until a text is there, or fail showing the screen."""
        end = time.monotonic() + seconds
        while text not in self.text:
            alive = self.read(0.1)
            if text in self.text:
                return
            if not alive or time.monotonic() > end:
                raise AssertionError(f"no {text!r} in:\n{self.text}")

    def finish(self, seconds=120):
        """Wait for the end; the exit code."""
        end = time.monotonic() + seconds
        while self.read(0.2) and time.monotonic() < end:
            pass
        return self.process.wait(timeout=10)

    def type(self, text):
        """Type something."""
        os.write(self._master, text.encode())

    def resize(self, columns, lines):
        """Change the size of the window."""
        self.screen.resize(lines, columns)
        self._size(columns, lines)
        os.kill(self.process.pid, signal.SIGWINCH)

    def _size(self, columns, lines):
        fcntl.ioctl(self._master, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
