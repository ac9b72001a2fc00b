"""The page of results that `evaluate attack --table` writes, and its lines for people."""

from collections.abc import Iterable, Iterator, Sequence

from sketchlib.adversarial.defence import BUDGETS, DefenceScores, Share
from sketchlib.adversarial.photos import PhotoScores
from sketchlib.adversarial.scores import AttackScores, BudgetScores, budget_name
from sketchlib.evaluate import Interval

CALLS = (
    "`greedy` by number of strokes K, beside the exhaustive search, which stops at the first size that flips, and all "
    "2^K - 1 subsets. It asks for at most K(K + 1)/2, so it is within a tenth of all subsets for certain from 9 "
    "strokes on. A tenth of the 7 subsets of 3 strokes is less than one call:"
)


def page(
    scores: Sequence[AttackScores],
    command: str,
    defences: Sequence[DefenceScores] = (),
    photos: Sequence[PhotoScores] = (),
) -> str:
    """Markdown: for each model how often each strategy flips it, with how much ink, and how near the optimum it is;
    what voting saves; what becomes of photos found first."""
    parts = ["# Adversarial stroke deletion: what was measured", f"```\n{command}\n```"]
    for each in scores:
        parts += [f"## `{each.model}`", _setting(each), "Flips, by the share of ink that may go:", _flips(each)]
        parts += ["Without a budget:", _unlimited(each), "Beside the exhaustive search:", _optimum(each)]
        parts += [CALLS, _by_strokes(each)]
        parts += [f"Seen by `{each.other}`, share of the flips that fool it too:", _transfer(each)]
    parts += _defences(defences) if defences else []
    parts += _photos(photos) if photos else []
    return "\n\n".join(parts) + "\n"


def as_text(scores: AttackScores) -> Iterator[str]:
    """One line a strategy."""
    for name, strategy in scores.strategies.items():
        rates = "  ".join(f"{budget} {_share(own.flip_rate)}" for budget, own in strategy.by_budget.items())
        calls = strategy.by_budget["unlimited"].model_calls
        yield f"{scores.model}  {name:<10}  flips: {rates}  calls {calls:.1f}  n {scores.n}"


def _setting(scores: AttackScores) -> str:
    return (
        f"{scores.n} sketches of 3 to 14 strokes that it sees as labelled, categories alike; of all drawn by lot it "
        f"sees {_share(scores.clean_accuracy)} so. A flip is any other class, asked for once more of what is left, "
        "alone and prepared anew. `_segments`: runs of segments, each up to 5% of the ink, in place of whole strokes. "
        "Brackets: 95% intervals, Wilson."
    )


def _flips(scores: AttackScores) -> str:
    budgets = list(next(iter(scores.strategies.values())).by_budget)
    return _table(["", *budgets], ([_name(name), *(_flip(own) for own in strategy.by_budget.values())]
                                   for name, strategy in scores.strategies.items()))  # fmt: skip


def _flip(own: BudgetScores) -> str:
    return _with(own.flip_rate, own.flip_rate_ci)


def _unlimited(scores: AttackScores) -> str:
    rows = []
    for name, strategy in scores.strategies.items():
        own = strategy.by_budget["unlimited"]
        ink, strokes = _share(own.mean_ink_removed), _number(own.mean_strokes_removed)
        rows.append([_name(name), ink, strokes, f"{own.model_calls:.1f}", _share(own.accuracy_under_attack)])
    return _table(["", "mean ink gone", "mean strokes gone", "model calls", "accuracy under attack"], rows)


def _optimum(scores: AttackScores) -> str:
    rows = []
    for name, strategy in scores.strategies.items():
        own = strategy.of_optimum
        extra = [_number(own.extra_strokes), _share(own.extra_ink)]
        rows.append([_name(name), _with(own.flips, own.flips_ci), *extra, _share(own.calls), _share(own.calls_of_all)])
    return _table(
        ["", "flips with as few strokes", "strokes more", "ink more", "calls, of its calls", "calls, of all subsets"],
        rows,
    )


def _by_strokes(scores: AttackScores) -> str:
    greedy, best = scores.strategies["greedy"].by_strokes, scores.strategies["exhaustive"].by_strokes
    rows = []
    for count, own in greedy.items():
        every = 2**count - 1
        calls = [f"{each.calls_of_all * every:.1f}" for each in (own, best[count])]
        shares = [_share(own.calls), _share(own.calls_of_all)]
        rows.append(
            [str(count), str(scores.counts[count]), _with(own.flips, own.flips_ci), *calls, str(every), *shares]
        )
    return _table(
        ["strokes", "n", "flips with as few", "calls", "of the search", "all subsets", "share of the search", "of all"],
        rows,
    )


def _defences(defences: Sequence[DefenceScores]) -> list[str]:
    parts = [
        "## Voting over stroke subsets",
        "The mean of the probabilities of the sketch and of each leave-one-out (`leave_one_out`), or of the sketch and "
        "of 12 subsets that keep each stroke with probability 0.75 (`by_lot`). Accuracy on sketches drawn by lot, "
        "recognised or not. Transfer: a greedy attack on the model alone, shown where it flips that. Adaptive: one on "
        "the votes themselves. `alone`: no votes.",
    ]
    for each in defences:
        rows = [
            [
                _name(rule),
                _said(clean),
                *(_said(own[b]) for own in (each.transfer[rule], each.adaptive[rule]) for b in BUDGETS),
            ]
            for rule, clean in each.clean.items()
        ]
        kinds = [f"{kind} {budget_name(b)}" for kind in ("transfer", "adaptive") for b in BUDGETS]
        parts += [f"`{each.model}`:", _table(["", "clean", *kinds], rows)]
    return parts


def _said(share: Share) -> str:
    return f"{_with(share.value, share.interval)} of {share.n}"


def _photos(photos: Sequence[PhotoScores]) -> list[str]:
    rows = [
        [_name(each.strategy), budget_name(each.budget), _with(each.lost, each.lost_ci), f"{each.mean_rank:.2f}",
         _share(each.mean_ink)]
        for each in photos
    ]  # fmt: skip
    about = (
        f"{photos[0].n} sketches whose photo the retrieval network finds first; the rank itself is attacked: strokes "
        "go until another photo is nearer. Lost: no longer first."
    )
    return ["## Photos", about, _table(["", "budget", "lost", "mean rank after", "ink gone of the lost"], rows)]


def _transfer(scores: AttackScores) -> str:
    budgets = list(next(iter(scores.strategies.values())).by_budget)
    rows = (
        [_name(name), *(f"{_with(own.transfer_rate, own.transfer_rate_ci)} of {own.transfer_n}"
                        for own in strategy.by_budget.values())]
        for name, strategy in scores.strategies.items()
    )  # fmt: skip
    return _table(["", *budgets], rows)


def _name(strategy: str) -> str:
    return f"`{strategy}`"


def _with(value: float | None, interval: Interval | None) -> str:
    return "-" if value is None or interval is None else f"{value:.1%} [{interval[0]:.1%}, {interval[1]:.1%}]"


def _share(value: float | None) -> str:
    return "-" if value is None else f"{value:.1%}"


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.2f}"


def _table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)
