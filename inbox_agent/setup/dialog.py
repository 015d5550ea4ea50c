"""Asking a person: on a terminal, or by lines of standard input for scripts and tests."""

import getpass
import sys
from collections.abc import Callable
from typing import Protocol

from inbox_agent.errors import ConfigurationError
from inbox_agent.mail.charset.clean_text import for_terminal


class InputEnded(ConfigurationError):
    """There is nobody left to answer."""


class Dialog(Protocol):
    """Whom the setup talks to."""

    def say(self, text: str) -> None:
        """Tell something, in whole lines."""

    def ask(self, question: str, default: str = "") -> str:
        """An answer without blanks around it; the default for an empty one. Asks again while both are empty."""

    def ask_secret(self, question: str, *, keep: bool = False) -> str:
        """An answer that is not shown while it is typed; "" only with ``keep``, which offers to keep what is there."""

    def confirm(self, question: str, *, default: bool = True, ended: bool | None = None) -> bool:
        """Yes or no. ``ended`` is the answer when the input has ended; None: that is an error."""

    def pause(self, question: str) -> bool:
        """Wait for Enter; False for ``-`` and when the input has ended."""


class Terminal:
    """Standard input and output. Secrets are read without echo where standard input is a terminal.

    Raises (from each question that says nothing else about it):
        InputEnded: standard input has ended.
    """

    def say(self, text: str) -> None:
        print(for_terminal(text), flush=True)

    def ask(self, question: str, default: str = "") -> str:
        shown = f"{question} [{default}]: " if default else f"{question}: "
        while True:
            answer = self._line(shown).strip() or default
            if answer:
                return answer
            self.say("An answer is required.")

    def ask_secret(self, question: str, *, keep: bool = False) -> str:
        shown = f"{question} (hidden; press Enter to keep the current one): " if keep else f"{question} (hidden): "
        while True:
            answer = self._line(shown, hidden=True)
            if answer.strip() or keep:
                return answer.strip("\r\n")
            self.say("An answer is required.")

    def confirm(self, question: str, *, default: bool = True, ended: bool | None = None) -> bool:
        shown = f"{question} [{'Y/n' if default else 'y/N'}]: "
        while True:
            try:
                answer = self._line(shown).strip().lower()
            except InputEnded:
                if ended is None:
                    raise
                return ended
            if not answer:
                return default
            if answer in ("y", "yes", "n", "no"):
                return answer.startswith("y")
            self.say("Please answer yes or no.")

    def pause(self, question: str) -> bool:
        try:
            return self._line(f"{question}: ").strip() != "-"
        except InputEnded:
            return False

    def _line(self, prompt: str, *, hidden: bool = False) -> str:
        prompt = for_terminal(prompt)
        read: Callable[[str], str] = getpass.getpass if hidden and sys.stdin.isatty() else input
        try:
            answer = read(prompt)
        except EOFError as error:
            print(flush=True)
            raise InputEnded(
                f"setup: standard input ended at the question “{prompt.split(' [')[0].rstrip(': ')}”"
            ) from error
        if not sys.stdin.isatty():
            print(flush=True)
        return answer
