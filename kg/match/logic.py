"""The ontology's logic of presentations, ready to decide about populations."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import pyoxigraph as ox

from kg.match.expressions import Expressions
from kg.match.formula import Formula, of_population, read_rules
from kg.match.solver import TRUE, Clause, Node, Solver, State
from kg.match.space import Space
from kg.match.types import TypeSpace
from kg.model.population import Population
from kg.terms import Terms


class Logic:
    """Decides what holds between populations, exactly as OWL means them.

    :param ontology: triples of the ontology
    :param terms: its index
    :param populations: all populations that will be asked about
    :param others: other formulas whose literals must be told apart
    :raises OntologyError: when the ontology says something of presentations that is not understood
    """

    def __init__(self, ontology: Sequence[ox.Triple], terms: Terms, populations: Iterable[Population], others: Iterable[Formula] = ()) -> None:
        expressions = Expressions(ontology)
        self.rules = read_rules(expressions, terms)
        self.populations = {population.id: population for population in populations}
        formulas: dict[str, Formula] = {key: of_population(population) for key, population in self.populations.items()}
        self.types = TypeSpace(expressions, terms)
        self.space = Space(terms, self.types, [*formulas.values(), *others], [rule.formula for rule in self.rules])
        self.solver = Solver(terms, self.space, self.rules)
        self.inside: dict[str, Clause] = {key: self.solver.clause(formula) for key, formula in formulas.items()}
        self._alternatives = {key: [found for part in _disjuncts(clause) if (found := self.solver.prepare([part]))] for key, clause in self.inside.items()}
        self.outside: dict[str, Clause] = {key: self.solver.clause(formula, wanted=False) for key, formula in formulas.items()}

    def is_empty(self, population: str) -> bool:
        """Return whether no presentation can be in the population of this identifier."""
        return not self._solutions(population, TRUE)

    def is_within(self, narrow: str, wide: str) -> bool:
        """Return whether every presentation in the first population is in the second."""
        return not self._solutions(narrow, self.outside[wide])

    def overlap(self, one: str, other: str) -> bool:
        """Return whether some presentation is in both populations."""
        return self._solutions(one, self.inside[other])

    def overlap_plainly(self, one: str, other: str, features: Iterable[str]) -> bool:
        """Return whether some presentation is in both populations and has at most one value of each of some set features.

        :param features: keys of set features: two hereditary syndromes at once, for instance, are possible but not what either scope means
        """
        positions = [self.solver.position(key) for key in features]
        for clause in _disjuncts(self.inside[one]):
            for second in _disjuncts(self.inside[other]):
                known = self.solver.prepare([clause, second])
                if known and all(_one_value(known.state, position) for position in positions) and self.solver.solve([], known):
                    return True
        return False

    def examples(self, population: str) -> list[State]:
        """Return for each alternative of a population one presentation in it."""
        return [state for known in self._alternatives[population] if (state := self.solver.solve([], known))]

    def _solutions(self, population: str, clause: Clause) -> bool:
        return any(self.solver.solve([clause], known) for known in self._alternatives[population])


def _disjuncts(clause: Clause) -> tuple[Clause, ...]:
    return clause.parts if isinstance(clause, Node) and not clause.is_and and clause.parts else (clause,)


def _one_value(state: State, position: int) -> bool:
    """Return whether one value could be all that must be present."""
    shared = ~state.excluded[position]
    for mask in state.present[position]:
        shared &= mask
    return shared != 0
