from steelyard.stats.verdict import Contrast, Verdict
from steelyard.study.result import StudyResult


def test_a_notebook_shows_the_verdicts_and_runs_nothing() -> None:
    verdict = Verdict(
        contrast=Contrast(factor="loss", reference="mse", level="<script>alert(1)</script>"),
        metric="log_score",
        direction="lower",
        decision="better",
        estimate=-0.02,
        interval=(-0.03, -0.01),
        equivalence_interval=(-0.028, -0.012),
        level_two_sided=0.0122,
        level_equivalence=0.0177,
        margin=0.01,
        pairs=8,
        pairs_needed=0,
        seeds=(1, 2),
        differences=(-0.01, -0.03),
        method="paired t",
        warnings=("skewed & few",),
    )
    result = StudyResult(
        name="loss",
        question="Which <b>loss</b>?",
        metric="log_score",
        direction="lower",
        margin=0.01,
        factors={"loss": ("mse", "hurdle")},
        verdicts=(verdict,),
        trials=(),
        plan="looks at 4 and 8 pairs",
        started_at="2025-11-20T09:00:00+00:00",
        duration_s=1.0,
        notes=("One <i>note</i>.",),
    )
    shown = result._repr_html_()
    assert "<script" not in shown
    assert "&lt;script&gt;" in shown
    assert "Which &lt;b&gt;loss&lt;/b&gt;?" in shown
    assert "skewed &amp; few" in shown
    assert "<li>One &lt;i&gt;note&lt;/i&gt;.</li>" in shown
    assert "<strong>better</strong>" in shown
