"""The state of a text from the reviews of it: which words are vouched for, in which roles, by whom, until when."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import product

from leaflets.model.edition import Audience
from leaflets.model.review import (
    BoundStatement,
    Review,
    ReviewState,
    ReviewStatus,
    Role,
    SignOff,
    is_expired,
    sheet_hash,
)


def state_of(
    statements: Iterable[BoundStatement],
    reviews: Sequence[Review],
    roles: Sequence[Role],
    audiences: Collection[Audience],
) -> ReviewState:
    """How far the words that these audiences read are vouched for in the roles asked for, whatever the day.

    A person counts in one role alone for the same words. Of several reviews of the same words those count that hold
    longest. Each sheet as a whole is one thing more to be vouched for: where nothing but that has changed, since words
    were taken out, it counts as one statement.
    """
    statements = tuple(statements)
    wanted = [review for review in reviews if review.role in roles and review.audience in (None, *audiences)]
    missing = tuple(role for role in roles if not any(review.role is role for review in wanted))
    read = [(bound, reader) for bound in statements for reader in bound.statement.readers if reader in audiences]
    if missing or not read:
        return ReviewState(missing=missing)
    changed: set[str] = set()
    counting: dict[int, Review] = {}
    wholes = [(reader, sheet_hash(statements, reader)) for reader in audiences]
    for covering in (*_covering(read, wanted, changed, roles), *_of_wholes(wholes, wanted, changed, roles)):
        chosen = _chosen(covering, roles)
        if not chosen:  # one person in two roles
            return ReviewState()
        counting |= {id(review): review for review in chosen}
    last = max(review.date for review in wanted)
    if changed:
        return ReviewState(ReviewStatus.CHANGED, last, changed=len(changed))
    return _reviewed(list(counting.values()), roles)


def _covering(
    read: Iterable[tuple[BoundStatement, Audience]], reviews: Sequence[Review], changed: set[str], roles: Sequence[Role]
) -> Iterator[tuple[Review, ...]]:
    """Each distinct set of reviews that covers some words in all roles; what none covers is added to `changed`."""
    distinct: set[tuple[int, ...]] = set()
    for bound, reader in read:
        numbers = tuple(number for number, review in enumerate(reviews) if review.covers(bound, reader))
        if {reviews[number].role for number in numbers} != set(roles):
            changed.add(bound.statement.hash)
        elif numbers not in distinct:
            distinct.add(numbers)
            yield tuple(reviews[number] for number in numbers)


def _of_wholes(
    wholes: Iterable[tuple[Audience, str]], reviews: Sequence[Review], changed: set[str], roles: Sequence[Role]
) -> Iterator[tuple[Review, ...]]:
    """The reviews of each sheet as a whole; one that not all roles vouch for is added to an empty `changed`."""
    for reader, whole in wholes:
        covering = tuple(review for review in reviews if review.sheets.get(reader) == whole)
        if {review.role for review in covering} == set(roles):
            yield covering
        elif not changed:
            changed.add(whole)


def _chosen(covering: Sequence[Review], roles: Sequence[Role]) -> tuple[Review, ...]:
    """A review by another person for each role, those that hold longest; nothing where there are no such persons."""
    longest: dict[tuple[Role, str], Review] = {}
    for review in sorted(covering, key=lambda review: (review.until, review.date)):
        longest[review.role, review.person] = review
    by_role = ([review for (of, _), review in longest.items() if of is role] for role in roles)
    choices = [each for each in product(*by_role) if len({review.person for review in each}) == len(each)]
    return max(
        choices, key=lambda each: (min(review.until for review in each), [str(r.date) for r in each]), default=()
    )


def _reviewed(counting: Sequence[Review], roles: Sequence[Role]) -> ReviewState:
    sign_offs: dict[tuple[Role, str], SignOff] = {}
    for review in sorted(counting, key=lambda review: (roles.index(review.role), review.date)):
        before = sign_offs.get((review.role, review.person))
        until = min(review.until, before.until) if before else review.until
        sign_offs[review.role, review.person] = SignOff(review.by, review.role, review.date, until)
    date = max(each.date for each in sign_offs.values())
    return ReviewState(ReviewStatus.REVIEWED, date, tuple(sign_offs.values()))


def is_vouched_whole(
    statements: Sequence[BoundStatement],
    reviews: Iterable[Review],
    role: Role,
    audiences: Iterable[Audience],
    today: dt.date,
) -> bool:
    """Whether somebody in this role read the sheets of these audiences with just the statements that they have now."""
    valid = _valid(reviews, role, today)
    wholes = [(reader, sheet_hash(statements, reader)) for reader in audiences]
    return all(any(review.sheets.get(reader) == whole for review in valid) for reader, whole in wholes)


def changed_statements(
    statements: Iterable[BoundStatement],
    reviews: Iterable[Review],
    role: Role,
    audiences: Collection[Audience],
    today: dt.date,
) -> tuple[BoundStatement, ...]:
    """The statements these audiences read that no review in this role, or none that still holds, vouches for."""
    valid = _valid(reviews, role, today)
    return tuple(
        bound
        for bound in statements
        for readers in [[reader for reader in bound.statement.readers if reader in audiences]]
        if not all(any(review.covers(bound, reader) for review in valid) for reader in readers)
    )


def _valid(reviews: Iterable[Review], role: Role, today: dt.date) -> list[Review]:
    """The reviews in a role that have not ended."""
    return [review for review in reviews if review.role is role and not is_expired(review.until, today)]
