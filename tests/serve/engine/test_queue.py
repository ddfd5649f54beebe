"""Turns in the queue."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from kg.serve.engine.queue import FairQueue


class Item:
    def __init__(self, client: str, number: int) -> None:
        self.client, self.number = client, number


def filled(*clients: str) -> FairQueue[Item]:
    queue: FairQueue[Item] = FairQueue()
    for number, client in enumerate(clients):
        queue.push(client, Item(client, number))
    return queue


def order(queue: FairQueue[Item]) -> list[int]:
    return [item.number for item in iter(queue.pop, None)]


def test_a_client_with_many_items_does_not_delay_the_first_of_another() -> None:
    assert order(filled("a", "a", "a", "a", "b", "c", "b")) == [0, 4, 5, 1, 6, 2, 3]


def test_a_client_who_comes_back_stands_behind_those_who_wait() -> None:
    queue = filled("a", "b", "c")
    first = queue.pop()
    assert first
    assert first.number == 0
    queue.push("a", Item("a", 3))
    assert order(queue) == [1, 2, 3]


def test_who_may_not_is_passed_over_and_keeps_the_place() -> None:
    queue = filled("a", "b", "a")
    found = queue.pop(lambda client: client != "a")
    assert found
    assert found.number == 1
    assert queue.pop(lambda _client: False) is None
    assert order(queue) == [0, 2]


def test_an_item_that_is_put_back_is_the_next() -> None:
    queue = filled("a", "b", "a")
    item = queue.pop()
    assert item
    queue.push_first("a", item)
    assert order(queue) == [0, 1, 2]


def test_an_item_is_taken_out_once() -> None:
    queue = filled("a", "a", "b")
    item = next(iter(queue))
    assert queue.remove("a", item)
    assert not queue.remove("a", item)
    assert not queue.remove("nobody", item)
    assert len(queue) == 2
    assert order(queue) == [1, 2]


def test_the_longest_line_gives_up_its_last() -> None:
    queue = filled("a", "b", "a", "a")
    found = queue.pop_longest(than=2)
    assert found
    assert found.number == 3
    assert queue.pop_longest(than=2) is None
    assert FairQueue[Item]().pop_longest(than=0) is None
    assert queue.waiting("a") == 2
    assert queue.waiting("nobody") == 0


@given(st.lists(st.sampled_from("abcd")))
def test_nothing_is_lost_and_each_client_keeps_its_order(clients: list[str]) -> None:
    queue = filled(*clients)
    assert len(queue) == len(clients)
    numbers = order(queue)
    assert sorted(numbers) == list(range(len(clients)))
    for client in set(clients):
        own = [number for number in numbers if clients[number] == client]
        assert own == sorted(own)
    assert len(queue) == 0


@given(st.lists(st.sampled_from("abcd"), min_size=1))
def test_in_each_round_each_waiting_client_has_one_turn(clients: list[str]) -> None:
    numbers = order(filled(*clients))
    waiting = {client: clients.count(client) for client in clients}
    position = 0
    while position < len(numbers):
        round_of = sorted(client for client, left in waiting.items() if left)
        assert sorted(clients[number] for number in numbers[position : position + len(round_of)]) == round_of
        for client in round_of:
            waiting[client] -= 1
        position += len(round_of)
