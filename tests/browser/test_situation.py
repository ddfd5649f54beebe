"""The page that compares a situation with the statements of the graph, driven as a person drives it."""

from __future__ import annotations

import json
import re
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import WIDE, Axe, Visit

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = ROOT / "tests" / "match" / "documents"
FOUNDING = {"site": "pancreas", "neoplasm": "NET", "grade": "G2", "sstr": "positive", "resectability": "unresectable"}
FOUNDING_LINK = "situation?" + "&".join(f"{key}={value}" for key, value in FOUNDING.items())
NOTICE = "Research material, no medical advice."
NARROW = 360
ANSWER_PATIENCE = 30_000
"""Milliseconds: the first match after a start compiles the populations."""


@cache
def founding(server: str) -> dict[str, Any]:
    """Return what the API answers to the founding question."""
    response = httpx.post(f"{server}/match", json=FOUNDING, headers={"Accept": "application/json"}, timeout=60)
    assert response.status_code == 200, response.text
    found: dict[str, Any] = response.json()
    return found


def choose(page: Page, key: str, text: str) -> None:
    """Choose a value by name, with the keys."""
    field = page.locator(f"#field-{key}").get_by_role("combobox")
    field.fill(text)
    expect(page.locator(f"#field-{key}").get_by_role("option").first).to_have_text(text)
    field.press("ArrowDown")
    field.press("Enter")


def answered(page: Page) -> str:
    """Wait for the answer, and return what is said aloud of it."""
    status = page.locator("#answer-status")
    expect(status).to_have_text(re.compile("Answer:|contradicts"), timeout=ANSWER_PATIENCE)
    return status.inner_text()


def fits(page: Page) -> bool:
    """Return whether nothing is wider than the window."""
    fitting: bool = page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    return fitting


def test_a_filled_form_is_answered_with_what_the_api_says(visit: Visit, server: str) -> None:
    page = visit("situation")
    expect(page.get_by_text(NOTICE).first).to_be_visible()
    choose(page, "site", "pancreas")
    choose(page, "neoplasm", "neuroendocrine tumour")
    page.locator("#field-grade").get_by_label("G2").check()
    page.locator("#field-sstr").get_by_label("positive").check()
    page.locator("#field-resectability").get_by_label("unresectable").check()
    page.get_by_role("button", name="Show what applies").click()
    said = answered(page)

    answer = founding(server)
    verdicts = Counter(statement["verdict"] for statement in answer["statements"])
    assert f"{verdicts['applies']} statements apply, {verdicts['applies_if']} depend" in said
    expect(page.locator("#answer-title")).to_be_focused()
    cards = page.locator("details.therapy")
    expect(cards).to_have_count(len(answer["therapies"]))
    shown = Counter(page.locator("details.therapy [data-summary]").evaluate_all("tags => tags.map(tag => tag.dataset.summary)"))
    assert shown == Counter(therapy["summary"] for therapy in answer["therapies"])
    expect(page.locator(".notice", has_text=NOTICE)).to_have_count(2)
    asked = parse_qs(urlsplit(page.url).query)
    assert asked["sstr"] == ["positive"]
    assert asked["site"] == ["pancreas"]


def test_a_therapy_shows_statements_with_criteria_and_sources(visit: Visit, server: str) -> None:
    page = visit(FOUNDING_LINK)
    answered(page)
    answer = founding(server)
    therapy = next(one for one in answer["therapies"] if one["label"] == "lanreotide" and one["aim"] == "antitumour")
    statements = {one["statement"]: one for one in answer["statements"]}
    applying = [statements[one["statement"]] for one in therapy["statements"] if one["verdict"] == "applies"]
    assert applying
    card = page.locator("#answer-apply details.therapy", has_text="lanreotide").first
    card.locator("summary").first.click()
    for statement in applying:
        shown = card.locator(f'[data-statement="{statement["statement"]}"]')
        expect(shown).to_contain_text(statement["gist"])
        expect(shown).to_contain_text(statement["direction"])
        expect(shown).to_contain_text(statement["source"][0]["title"])
        expect(shown).to_contain_text(re.compile("read: (in|on|not) "))
        shown.get_by_text("Criteria and what decides them").click()
        met = sum(1 for criterion in statement["criteria"][0] if criterion["status"] == "met")
        assert shown.locator(".criterion-met").count() >= met > 0
        expect(shown.locator(".criterion-met").first).to_contain_text("met: needs")


def test_an_open_therapy_names_what_would_make_it_apply(visit: Visit) -> None:
    page = visit(FOUNDING_LINK)
    answered(page)
    page.get_by_label("Find a therapy in the answer").fill("cabozantinib")
    card = page.locator("#answer-if details.therapy").first
    card.locator("summary").first.click()
    expect(card.locator('[data-verdict="applies_if"] .applies-if').first).to_contain_text("It would apply if")


def test_statements_that_do_not_apply_are_folded_and_say_why(visit: Visit, server: str) -> None:
    page = visit(FOUNDING_LINK)
    answered(page)
    outside = page.locator("#answer-outside")
    expect(outside.locator(".statement")).to_have_count(0)
    outside.get_by_text("statements that do not apply").click()
    count = sum(1 for one in founding(server)["statements"] if one["verdict"] == "does_not_apply")
    expect(outside.locator(".statement")).to_have_count(count)
    outside.get_by_text("Criteria and what decides them").first.click()
    expect(outside.locator(".criterion-not_met, p", has_text=re.compile("not met|Decided by")).first).to_be_visible()


@pytest.mark.parametrize(("typed", "grade"), [("2.9", "grade 1"), ("3", "grade 2"), ("20", "grade 2"), ("20.1", "grade 3"), (">20", "grade 3")])
def test_the_grade_follows_as_ki_67_is_typed(visit: Visit, typed: str, grade: str) -> None:
    page = visit("situation?site=pancreas&neoplasm=NET&mitoses=1")
    page.get_by_label("Ki-67 index").fill(typed)
    derived = page.locator('#field-grade [data-derived="grade"]')
    expect(derived.locator("strong")).to_have_text(grade, timeout=ANSWER_PATIENCE)
    expect(derived).to_contain_text("Ki-67 index")
    expect(derived.get_by_role("link")).not_to_have_count(0)


def test_the_kind_of_tumour_follows_from_mitoses_in_the_lung(visit: Visit) -> None:
    page = visit("situation?site=lung&neoplasm=NET")
    page.get_by_label("Mitotic count").fill("2")
    expect(page.locator('#field-neoplasm [data-derived="neoplasm"] strong')).to_have_text("atypical carcinoid", timeout=ANSWER_PATIENCE)


def test_a_contradiction_is_shown_at_the_fields_before_anyone_asks(visit: Visit) -> None:
    page = visit("situation?site=stomach&neoplasm=NET")
    answered(page)
    page.locator(".field-group > summary", has_text="Tumour").click()
    page.locator("#field-differentiation").get_by_label("poor").check()
    for key in ("neoplasm", "differentiation"):
        expect(page.locator(f'[data-contradiction="{key}"]')).to_be_visible(timeout=ANSWER_PATIENCE)
    expect(page.get_by_text("The form has changed since the answer.")).to_be_visible()
    page.get_by_role("button", name="Show what applies").click()
    expect(page.locator("#answer-contradiction")).to_be_visible(timeout=ANSWER_PATIENCE)
    expect(page.locator("details.therapy")).to_have_count(0)
    page.get_by_role("button", name="change differentiation").click()
    expect(page.locator("#field-differentiation input").first).to_be_focused()


def test_what_is_not_understood_is_said_at_its_field(visit: Visit) -> None:
    page = visit("situation")
    field = page.get_by_label("Ki-67 index")
    field.fill("many")
    expect(page.locator("#field-ki67 .field-error")).to_contain_text("Not understood", timeout=ANSWER_PATIENCE)
    expect(field).to_have_attribute("aria-invalid", "true")
    field.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("the case is not understood", timeout=ANSWER_PATIENCE)


def test_a_link_is_answered_at_once_and_fills_the_form(visit: Visit) -> None:
    page = visit(f"{FOUNDING_LINK}&ki67=8&metastases=[liver, bone]&findings={{present: [diarrhoea], absent: [ascites]}}&prior=none&functioning=no")
    answered(page)
    expect(page.get_by_label("Ki-67 index")).to_have_value("8")
    expect(page.locator("#field-sstr").get_by_label("positive")).to_be_checked()
    expect(page.locator("#field-metastases .chip")).to_have_count(2)
    expect(page.locator("#field-functioning").get_by_label("no", exact=True)).to_be_checked()
    expect(page.locator("#field-prior").get_by_label("none of the kind")).to_be_checked()
    expect(page.locator("#field-site .chip")).to_have_text("pancreas")


def test_back_and_forward_go_from_answer_to_answer(visit: Visit) -> None:
    page = visit("situation?site=pancreas")
    first = answered(page)
    page.locator("#field-grade").get_by_label("G1").check()
    page.get_by_role("button", name="Show what applies").click()
    expect(page.locator("#answer-status")).not_to_have_text(first, timeout=ANSWER_PATIENCE)
    answered(page)
    page.go_back()
    expect(page.locator("#answer-status")).to_have_text(first, timeout=ANSWER_PATIENCE)
    expect(page.locator("#field-grade").get_by_label("unknown")).to_be_checked()


def test_links_within_the_answer_keep_it(visit: Visit) -> None:
    page = visit(FOUNDING_LINK)
    answered(page)
    card = page.locator("details.therapy").first
    card.locator("summary").first.click()
    page.get_by_role("navigation", name="Parts of the answer").get_by_role("link", name="Do not apply").click()
    expect(page.locator("#answer-outside")).to_be_in_viewport()
    expect(card).to_have_attribute("open", "")


def test_what_the_form_cannot_read_itself_the_server_puts_into_its_fields(visit: Visit) -> None:
    page = visit("situation?site=pancreas&size=2.5 cm&sstr={status: positive, krenning: 3}&as_of=2020")
    answered(page)
    expect(page.get_by_label("Largest diameter")).to_have_value("25")
    expect(page.get_by_label("Krenning score")).to_have_value("3")
    expect(page.locator("#field-sstr").get_by_label("positive")).to_be_checked()
    expect(page.locator(".extras")).to_contain_text("as of 2020")
    expect(page.locator(".notice").last).to_contain_text("as of 2020")


def test_a_setting_that_is_not_understood_is_shown_and_can_be_taken_away(visit: Visit) -> None:
    page = visit("situation?site=pancreas&stage=IV")
    expect(page.get_by_role("alert")).to_contain_text("stage", timeout=ANSWER_PATIENCE)
    page.get_by_role("button", name="Remove stage = IV").click()
    page.get_by_role("button", name="Show what applies").click()
    answered(page)


def test_what_is_there_can_be_turned_into_what_is_not(visit: Visit) -> None:
    page = visit("situation?site=ileum")
    answered(page)
    page.locator("summary", has_text="Spread").click()
    choose(page, "metastases", "bone")
    page.locator("#field-metastases").get_by_role("button", name=re.compile("^bone")).click()
    page.get_by_role("button", name="Show what applies").click()
    expect(page.locator(".facts")).to_contain_text("no bone", timeout=ANSWER_PATIENCE)
    assert json.loads(parse_qs(urlsplit(page.url).query)["metastases"][0]) == {"absent": ["bone"]}


def test_values_are_found_by_synonym(visit: Visit) -> None:
    page = visit("situation")
    field = page.locator("#field-neoplasm").get_by_role("combobox")
    field.fill("PanNET")
    option = page.locator("#field-neoplasm").get_by_role("option", name=re.compile("pancreatic neuroendocrine tumour"))
    expect(option.first).to_be_visible()


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        (DOCUMENTS / "phenopacket-pancreas.json", "pancreas"),
        (DOCUMENTS / "mcode-ileum.json", "ileum"),
        (ROOT / "cases" / "jejunum-liver-metastases-resectable.yaml", "jejunum"),
    ],
    ids=["phenopacket", "fhir", "yaml"],
)
def test_a_file_is_answered_and_fills_the_form(visit: Visit, server: str, path: Path, expected: str) -> None:
    page = visit("situation")
    page.get_by_label("File that describes a situation").set_input_files(path)
    answered(page)
    media = "application/json" if path.suffix == ".json" else "application/yaml"
    answer = httpx.post(f"{server}/match", content=path.read_bytes(), headers={"Content-Type": media, "Accept": "application/json"}, timeout=60).json()
    expect(page.locator("#known-title")).to_contain_text(path.name)
    expect(page.locator(".facts li")).to_have_count(len(answer["presentation"]["facts"]))
    expect(page.locator("#unused li")).to_have_count(len(answer["presentation"]["unused"]))
    expect(page.locator("#field-site .chip")).to_have_text(expected)
    if path.name.startswith("phenopacket"):
        expect(page.locator("#field-syndromes .chip-absent")).to_contain_text("carcinoid syndrome")


def test_a_file_can_be_dropped(visit: Visit) -> None:
    page = visit("situation")
    text = (DOCUMENTS / "phenopacket-pancreas.json").read_text()
    transfer = page.evaluate_handle(
        "text => { const data = new DataTransfer(); data.items.add(new File([text], 'dropped.json', {type: 'application/json'})); return data; }", text
    )
    page.dispatch_event(".drop", "drop", {"dataTransfer": transfer})
    answered(page)
    expect(page.locator("#known-title")).to_contain_text("dropped.json")
    expect(page.get_by_label("Ki-67 index")).to_have_value("8")


def test_a_file_that_is_no_case_is_refused_with_a_reason(visit: Visit, tmp_path: Path) -> None:
    path = tmp_path / "broken.json"
    path.write_text('{"site": "pancreas",')
    page = visit("situation")
    page.get_by_label("File that describes a situation").set_input_files(path)
    expect(page.get_by_role("alert")).to_contain_text("not well formed", timeout=ANSWER_PATIENCE)


def test_the_answer_can_be_saved(visit: Visit, server: str) -> None:
    page = visit(FOUNDING_LINK)
    answered(page)
    with page.expect_download() as saved:
        page.get_by_role("button", name="Markdown").click()
    text = saved.value.path().read_text()
    assert saved.value.suggested_filename == "situation.md"
    assert NOTICE in text
    assert "## antitumour: recommended" in text
    with page.expect_download() as saved:
        page.get_by_role("button", name="JSON").click()
    assert json.loads(saved.value.path().read_text())["therapies"] == founding(server)["therapies"]


def test_what_to_find_out_next_leads_to_its_field(visit: Visit, server: str) -> None:
    page = visit(FOUNDING_LINK)
    answered(page)
    test = founding(server)["next_tests"][0]
    line = page.locator("#answer-tests li").first
    expect(line).to_contain_text(test["label"])
    expect(line).to_contain_text(str(test["statements"]))
    line.get_by_role("button").click()
    expect(page.locator(f"#field-{test['feature']} :focus")).to_have_count(1)
    expect(page.locator(f"#field-{test['feature']}")).to_contain_text(f"would help decide {test['statements']}")


def test_sources_that_disagree_stand_side_by_side(visit: Visit, server: str) -> None:
    page = visit(FOUNDING_LINK)
    answered(page)
    found = [one for one in founding(server)["therapies"] if one["summary"] == "sources disagree"]
    assert found
    section = page.locator("#answer-disagree")
    expect(section.locator("details.therapy")).to_have_count(len(found))
    expect(section.get_by_role("heading", name="In favour").first).to_be_visible()
    expect(section.get_by_role("heading", name="Against").first).to_be_visible()


def test_a_crossed_limit_is_shown_with_the_therapy(visit: Visit) -> None:
    page = visit("situation?site=pancreas&neoplasm=NET&grade=G2&sstr=positive&extent=distant&progression=yes&pregnant=yes&age=32")
    answered(page)
    card = page.locator("#answer-against details.therapy", has_text="177Lu-dotatate").first
    expect(card).to_contain_text("contraindicated")
    if card.get_attribute("open") is None:
        card.locator("summary").first.click()
    expect(card.locator(".warning").first).to_contain_text("pregnancy")


def test_reset_forgets_everything(visit: Visit) -> None:
    page = visit(FOUNDING_LINK)
    answered(page)
    page.get_by_role("button", name="Reset").click()
    expect(page.locator(".chip")).to_have_count(0)
    expect(page.get_by_role("heading", name="Begin with an example")).to_be_visible()
    assert urlsplit(page.url).query == ""


def test_an_example_is_answered(visit: Visit) -> None:
    page = visit("situation")
    page.get_by_role("link", name="Inoperable, receptor-positive pancreatic NET G2").click()
    answered(page)
    expect(page.locator("#answer-apply")).to_be_visible()


def test_the_keyboard_suffices(visit: Visit) -> None:
    page = visit("situation")
    first = page.locator("#field-site").get_by_role("combobox")
    for _ in range(40):
        if first.evaluate("field => field === document.activeElement"):
            break
        page.keyboard.press("Tab")
    expect(first).to_be_focused()
    page.keyboard.type("rectum")
    expect(page.locator("#field-site").get_by_role("option").first).to_have_text("rectum")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("#field-site .chip")).to_have_text("rectum")
    page.keyboard.press("Enter")
    answered(page)
    expect(page.locator("#answer-title")).to_be_focused()
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.parentElement?.classList.contains('therapy')"):
            break
    page.keyboard.press("Enter")
    expect(page.locator("details.therapy[open] .statement").first).to_be_visible()


@pytest.mark.parametrize("path", ["situation", FOUNDING_LINK, "situation?site=stomach&neoplasm=NET&differentiation=poor"])
def test_it_fits_a_phone(visit: Visit, path: str) -> None:
    page = visit(path, width=NARROW)
    if "?" in path:
        answered(page)
        page.get_by_role("link", name="To the answer").click()
        expect(page.locator("#answer-title")).to_be_in_viewport()
    assert fits(page)


@pytest.mark.parametrize("width", [WIDE, NARROW])
@pytest.mark.parametrize("path", ["situation", FOUNDING_LINK, "situation?site=stomach&neoplasm=NET&differentiation=poor&ki67=x"])
def test_nothing_keeps_people_out(visit: Visit, axe: Axe, path: str, width: int) -> None:
    page = visit(path, width=width)
    if "ki67=x" in path:
        expect(page.get_by_role("alert")).to_be_visible(timeout=ANSWER_PATIENCE)
    elif "?" in path:
        answered(page)
        page.locator("details.therapy summary").first.click()
        page.get_by_text("Criteria and what decides them").first.click()
    assert axe(page) == []
