"""A queue that is fair between clients."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterator
from typing import Generic, TypeVar

Item = TypeVar("Item")


class FairQueue(Generic[Item]):
    """Waiting items; clients take turns, and each client's items keep their order."""

    def __init__(self) -> None:
        self._lines: OrderedDict[str, OrderedDict[int, Item]] = OrderedDict()
        self._size = 0

    def __len__(self) -> int:
        return self._size

    def __iter__(self) -> Iterator[Item]:
        return (item for line in self._lines.values() for item in line.values())

    def push(self, client: str, item: Item) -> None:
        """Put an item at the end of its client's line."""
        self._lines.setdefault(client, OrderedDict())[id(item)] = item
        self._size += 1

    def push_first(self, client: str, item: Item) -> None:
        """Put an item back that was taken: it is the next."""
        self.push(client, item)
        self._lines[client].move_to_end(id(item), last=False)
        self._lines.move_to_end(client, last=False)

    def pop(self, may: Callable[[str], bool] = lambda _client: True) -> Item | None:
        """Take the first item of the next client, who then goes to the end of the round.

        :param may: whether a client may have its turn now
        :returns: nothing when no client may
        """
        client = next(filter(may, self._lines), None)
        if client is None:
            return None
        line = self._lines[client]
        _, item = line.popitem(last=False)
        self._size -= 1
        if line:
            self._lines.move_to_end(client)
        else:
            del self._lines[client]
        return item

    def waiting(self, client: str) -> int:
        """Return how many items of a client wait."""
        return len(self._lines.get(client, ()))

    def pop_longest(self, than: int) -> Item | None:
        """Take the last item of the client with most items, if they are more than so many."""
        client, line = max(self._lines.items(), key=lambda entry: len(entry[1]), default=("", OrderedDict[int, Item]()))
        if len(line) <= than:
            return None
        item = next(reversed(line.values()))
        self.remove(client, item)
        return item

    def remove(self, client: str, item: Item) -> bool:
        """Take an item out; return whether it was waiting."""
        line = self._lines.get(client)
        if line is None or line.pop(id(item), None) is None:
            return False
        self._size -= 1
        if not line:
            del self._lines[client]
        return True
