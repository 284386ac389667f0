from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.offers.attributes import TERMS
from catalog.places import PLACES
from catalog.search.query import NamesOfServices, Question, read_question, read_usage_type
from catalog.search.query.dictionary import DESTINATIONS
from catalog.search.query.normalize import plain_words


def _read(query: str) -> tuple[list[str], str | None, str | None]:
    question = read_question(query)
    return question.words, question.place.label if question.place else None, _usage_type(question)


def _usage_type(question: Question) -> str | None:
    """The one usage type that the question names."""
    terms = _facts(question).get("term", [])
    return next((usage_type for usage_type, term in TERMS.items() if [term] == terms), None)


def _facts(question: Question) -> dict[str, list[str]]:
    return {fact.attribute: fact.values() for fact in question.facts}


@pytest.mark.parametrize(
    ("query", "words", "region", "usage_type"),
    [
        ("N2 core", ["n2", "core"], None, None),
        ("n2 ram frankfurt", ["n2", "ram"], "europe-west3", None),
        ("n2 core europe-west1-b", ["n2", "core"], "europe-west1", None),
        ("spot e2 core iowa", ["e2", "core"], "us-central1", "Preemptible"),
        ("preemptible N1 in São Paulo", ["n1"], "southamerica-east1", "Preemptible"),
        ("on-demand n2", ["n2"], None, "OnDemand"),
        ("standard storage us multi-region", ["standard", "storage", "multi region"], "us", None),
        ("what does an n2 core cost in tokyo?", ["n2", "core"], "asia-northeast1", None),
        ("class A operations", ["class a operations"], None, None),
    ],
)
def test_places_and_usage_types_are_separated_from_the_words(
    query: str, words: list[str], region: str | None, usage_type: str | None
) -> None:
    assert _read(query) == (words, region, usage_type)


@pytest.mark.parametrize(
    ("text", "usage_type"),
    [
        ("1 year commitment", "Commit1Yr"),
        ("one-year CUD", "Commit1Yr"),
        ("1yr", "Commit1Yr"),
        ("Commit1Yr", "Commit1Yr"),
        ("3 yr CUD", "Commit3Yr"),
        ("committed use discount for 3 years", "Commit3Yr"),
        ("CUD three years", "Commit3Yr"),
        ("Spot", "Preemptible"),
        ("OnDemand", "OnDemand"),
    ],
)
def test_a_commitment_or_spot_is_read_as_its_usage_type(text: str, usage_type: str) -> None:
    assert read_usage_type(text) == usage_type
    assert _read(f"n2 {text} belgium") == (["n2"], "europe-west1", usage_type)


@pytest.mark.parametrize("text", ["cud", "commitment", "spot check", "5 years"])
def test_a_usage_type_is_not_guessed(text: str) -> None:
    assert read_usage_type(text) is None


def test_of_two_usage_types_on_demand_yields_and_others_are_alternatives() -> None:
    assert _read("spot or on demand n2") == (["n2"], None, "Preemptible")
    assert _facts(read_question("n2 commitment"))["term"] == ["1y", "3y"]
    assert _read("n2 commitment") == (["n2", "commitment"], None, None)


def test_the_narrower_of_two_places_wins_and_another_place_remains_a_word() -> None:
    assert _read("n2 Frankfurt, Germany") == (["n2"], "europe-west3", None)
    assert _read("n2 Germany Frankfurt") == (["n2"], "europe-west3", None)
    assert _read("egress frankfurt london") == (["egress", "london"], "europe-west3", None)


@pytest.mark.parametrize(
    "query", ["eur4 bucket (finland + holland)", "hamina and eemshaven, eur4", "finland eur4"]
)
def test_a_dual_region_may_be_named_with_its_regions(query: str) -> None:
    assert _read(query)[1] == "eur4"


@pytest.mark.parametrize(
    "text", ["regional bucket", "gcs regional", "single region object storage", "archive class regional"]
)
def test_a_regional_bucket_is_not_multi_regional(text: str) -> None:
    question = read_question(f"standard {text}")
    assert question.negated == ("location_type=multi", "location_type=dual")
    assert "location_type" not in _facts(question)
    assert not [term.word for term in question.terms if "region" in term.word]


@pytest.mark.parametrize(
    "text", ["multi-regional bucket", "dual-regional gcs", "regional disk", "regional standard class a"]
)
def test_regional_negates_nothing_for_other_products(text: str) -> None:
    assert read_question(text).negated == ()


@pytest.mark.parametrize(
    ("country", "area"), [("kenya", "africa"), ("czech republic", "eastern europe"), ("dubai", "middle east")]
)
def test_a_destination_without_a_region_matches_by_its_area(country: str, area: str) -> None:
    destination = read_question(f"egress from tokyo to {country}").terms[-1]
    assert destination.word == f"to {country}"
    assert {f"to {area}", f"between {area}", f"and {area}", f"download {area}"} <= {*destination.synonyms}
    assert area in destination.places


def test_a_listed_destination_needs_no_preposition() -> None:
    assert read_question("apac cache fill from sydney").terms[-1].synonyms[0] == "to apac"


@pytest.mark.parametrize(
    ("query", "word", "synonym"),
    [
        ("internet egress from emea", "from emea", "from emea"),
        ("traffic from the americas to another region", "from the americas", "from americas"),
        ("egress from new york to london", "from new york", "from americas"),
    ],
)
def test_an_area_after_from_is_where_traffic_starts(query: str, word: str, synonym: str) -> None:
    source = next(term for term in read_question(query).terms if term.word == word)

    assert synonym in source.synonyms
    assert not [each for each in source.synonyms if each.startswith("to ")]


@pytest.mark.parametrize("query", ["n2 core munich", "n2 core to munich", "n2 core apac"])
def test_a_destination_does_not_match_by_its_area_without_traffic(query: str) -> None:
    place = query.rpartition(" ")[2]
    assert read_question(query).terms[-1].synonyms == (place,)


def test_the_place_of_users_is_the_destination_of_egress() -> None:
    assert _read("users are in india, egress from los angeles") == (
        ["egress", "users", "to india"],
        "us-west2",
        None,
    )
    assert _read("our users in india want an n2 core") == (
        ["n2", "core", "users"],
        "India",
        None,
    )


@pytest.mark.parametrize(
    ("query", "destination"),
    [
        ("cdn filling caches in india from frankfurt", "to india"),
        ("cache fill into india from frankfurt", "into india"),
    ],
)
def test_the_place_of_caches_is_the_destination_of_a_cache_fill(query: str, destination: str) -> None:
    words, region, _ = _read(query)
    assert (words[-1], region) == (destination, "europe-west3")


def test_windows_need_not_hold_for_sql_server() -> None:
    assert _facts(read_question("sql server web, windows"))["os"] == ["sql-server", "sqlserver"]
    assert _facts(read_question("windows server licence"))["os"] == ["windows-server"]


def test_a_dual_region_is_recognized_by_its_two_regions() -> None:
    assert _read("bucket in the finland and netherlands dual region")[1] == "eur4"
    assert _read("bucket in the finland and paris dual region")[1] == "europe-north1, europe-west9"


@pytest.mark.parametrize(
    ("query", "region"),
    [
        ("nearline in iowa and oregon", "us-central1, us-west1"),
        ("n2 core tokyo + london", "asia-northeast1, europe-west2"),
        ("turbo replication finland netherlands", "eur4"),
        ("n2 core in frankfurt, germany", "europe-west3"),
    ],
)
def test_several_places_are_where_a_thing_is_bought(query: str, region: str) -> None:
    question = read_question(query)
    assert question.place is not None
    assert question.place.label == region
    assert "network" not in _facts(question)


@pytest.mark.parametrize(
    ("query", "network"),
    [
        ("tokyo to london", "inter-region"),
        ("between tokyo and london", "inter-region"),
        ("us-central1 to europe-west1", "inter-region"),
        ("data between us-central1-a and us-central1-b", "inter-zone"),
        ("traffic from us-central1-a to us-central1-b", "inter-zone"),
        ("egress frankfurt to frankfurt", "inter-zone"),
        ("vm to vm traffic from us-central1-a to us-central1-b", "inter-zone"),
        ("us-central1-a to us-central1-a traffic", "intra-zone"),
    ],
)
def test_two_ends_of_traffic_say_which_kind_it_is(query: str, network: str) -> None:
    assert _facts(read_question(query))["network"] == [network]


@pytest.mark.parametrize(
    "query", ["egress from london to australia", "n2 core in us-central1-a", "egress iowa"]
)
def test_other_places_leave_the_kind_of_traffic_open(query: str) -> None:
    assert "network" not in _facts(read_question(query))


@pytest.mark.parametrize(
    ("place", "is_worldwide"), [("europe", True), ("kenya", True), ("australia", False), ("china", False)]
)
def test_a_destination_without_its_own_download_sku_is_worldwide(place: str, is_worldwide: bool) -> None:
    synonyms = read_question(f"egress to {place}").terms[-1].synonyms
    assert any("worldwide destinations" in synonym for synonym in synonyms) == is_worldwide


def test_no_destination_is_a_place_with_skus() -> None:
    assert not PLACES.keys() & DESTINATIONS.keys()


def test_a_destination_is_a_word_and_not_the_region_of_the_sku() -> None:
    assert _read("egress from mumbai to india") == (["egress", "to india"], "asia-south1", None)
    assert _read("egress to australia") == (["egress", "to australia"], None, None)
    assert _read("ingress from london") == (["ingress", "from london"], None, None)
    assert _read("ingress from london to sydney") == (["ingress", "from london", "to sydney"], None, None)


def test_a_destination_is_written_as_in_sku_names() -> None:
    groups = read_question("egress from frankfurt to us-east4").terms[-1].groups
    assert groups[:2] == [["to us east4"], ["to northern virginia"]]
    assert ["to virginia", "between virginia", "and virginia", "download virginia"] in groups
    assert [synonyms[0] for synonyms in groups[-2:]] == ["to americas", "to worldwide destinations"]


@pytest.mark.parametrize(
    "query",
    [
        "traffic from a vm in frankfurt, the other one is in sydney",
        "egress frankfurt, destination sydney",
        "frankfurt egress, users sit in Sydney, Australia",
    ],
)
def test_a_second_place_is_the_destination(query: str) -> None:
    question = read_question(query)
    assert question.place is not None
    assert question.place.label == "europe-west3"
    assert any(synonym.startswith("to sydney") for synonym in question.terms[-1].synonyms)


def test_traffic_within_a_region_goes_to_no_other_place() -> None:
    question = read_question("egress europe-west4-a to europe-west4-b")
    assert _facts(question) == {"part": ["egress"], "network": ["inter-zone"]}
    assert question.terms == ()


@pytest.mark.parametrize(
    ("query", "words", "negated", "usage_type"),
    [
        ("n2 core, not spot", ["n2", "core"], ("spot", "term=spot"), None),
        ("postgres no HA", ["postgres"], ("ha", "location_type=regional"), None),
        ("h100 80gb without mega", ["h100 80gb"], ("mega",), None),
        ("rhel, not the sap one", ["rhel"], ("sap", "purpose=sap"), None),
        ("c3 core w/o the extra premium", ["c3", "core"], ("premium", "class=premium"), None),
        ("windows excluding f1/g1", ["windows"], ("f1", "g1", "family=f1", "family=g1"), None),
        ("pod cpu not balanced or scale", ["pod cpu"], ("balanced", "scale"), None),
        (
            "traffic, no vpn egress",
            ["traffic"],
            ("vpn egress", "network=vpn part=egress", "network=vpn part=ingress"),
            None,
        ),
        ("tpu, dont need a pod", ["tpu"], ("pod", "purpose=pod"), None),
        (
            "mysql w/o high availability",
            ["mysql"],
            ("high availability", "location_type=regional"),
            None,
        ),
        ("spot n2 instead of e2", ["n2"], ("e2", "family=e2"), "Preemptible"),
        (
            "archive snapshot, not data storage",
            ["archive", "snapshot"],
            ("data storage", "part=capacity"),
            None,
        ),
        ("t4 without virtual workstation", ["t4"], ("virtual workstation", "os=virtual-workstation"), None),
        (
            "standard bucket in one region",
            ["standard", "bucket"],
            ("location_type=multi", "location_type=dual"),
            None,
        ),
        ("reserved ip not in use", ["reserved ip"], (), None),
        ("reserved ip we are not using in london", ["reserved ip"], (), None),
    ],
)
def test_negated_terms_are_not_words(
    query: str, words: list[str], negated: tuple[str, ...], usage_type: str | None
) -> None:
    question = read_question(query)
    assert question.words == words
    assert question.negated == negated
    assert _usage_type(question) == usage_type


def test_either_processor_or_memory_matches_as_each_has_its_own_sku() -> None:
    assert _facts(read_question("n2 vcpu and ram")) == {"family": ["n2"], "part": ["core", "ram"]}
    assert read_question("n2 vcpu and ram").words == ["n2", "vcpu", "ram"]
    assert _facts(read_question("n2 vcpu")) == {"family": ["n2"], "part": ["core"]}


def test_words_with_the_same_meaning_count_once() -> None:
    question = read_question("deleted early, early deletion")
    assert _facts(question) == {"part": ["early-delete"]}
    assert question.words == ["early deletion"]
    assert question.terms == ()


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("e2 core like t3.medium", ["e2", "core"]),
        ("mysql like db.m5.large", ["mysql"]),
        ("n2 core vs Standard_D4s_v3", ["n2", "core"]),
    ],
)
def test_a_machine_type_of_another_cloud_is_ignored(query: str, words: list[str]) -> None:
    question = read_question(query)
    assert question.words == words
    assert question.foreign in {("aws",), ("azure",)}


@pytest.mark.parametrize(
    ("query", "product"),
    [
        ("m5.large", "amazon-web-services"),
        ("price of an r6g.2xlarge", "amazon-web-services"),
        ("Standard_D4s_v3", "microsoft-azure"),
    ],
)
def test_a_machine_type_of_another_cloud_alone_is_a_product_of_that_cloud(query: str, product: str) -> None:
    assert _facts(read_question(query)) == {"product": [product]}


def test_us_is_a_pronoun_after_a_verb_and_otherwise_a_country() -> None:
    assert _read("what do you bill us for n2") == (["n2"], None, None)
    assert _read("n2 in frankfurt, the cheapest for us") == (["n2"], "europe-west3", None)
    assert _read("n2 in the US") == (["n2"], "us", None)
    assert _read("n2 us east 4") == (["n2"], "us-east4", None)


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("3 vols, lssd", ["local ssd", "volumes"]),
        ("sql server lic, win2019", ["sql server", "license", "2019"]),
        ("D.R.A. storage", ["dra", "storage"]),
        ("Balanced/SSD", ["ssd", "balanced"]),
        ("n2/e2 core", ["n2", "e2", "core"]),
        ("75gbit", ["75 gbit"]),
        ("vlan of half a gig", ["vlan", "500 mbps"]),
        ("half a gig of ram", ["ram", "half"]),
        ("POSTGRES_15 ram", ["cloud sql", "postgres", "ram"]),
        ("SQLSERVER_2019_WEB licence", ["sqlserver", "2019", "web", "licence"]),
        ("egress not premium tier", ["egress", "standard tier"]),
        ("egress, from premium to standard", ["egress", "standard tier"]),
    ],
)
def test_abbreviations_and_signs_are_expanded(query: str, words: list[str]) -> None:
    assert read_question(query).words == words
    assert read_question(query, services=_services()).words == words


def _services() -> NamesOfServices:
    """The names of a catalog's services, which are taken out of a question first."""
    names = NamesOfServices()
    names.anywhere.add("Compute Engine", "compute-engine")
    return names


def test_the_name_of_a_service_is_a_product_in_any_spelling() -> None:
    question = read_question("n2 core on COMPUTE-ENGINE", services=_services())
    assert _facts(question) == {"product": ["compute-engine"], "family": ["n2"], "part": ["core"]}
    assert question.words == ["compute engine", "n2", "core"]


def test_an_arrow_points_to_the_destination() -> None:
    for arrow in ("->", "→"):
        assert _read(f"egress london {arrow} sydney") == (["egress", "to sydney"], "europe-west2", None)


@pytest.mark.parametrize(
    ("query", "has_continent"),
    [
        ("vms in london send to sydney", False),
        ("internal ip traffic from london to sydney", False),
        ("vm egress from london to internet users to sydney", True),
        ("bucket in london to sydney", True),
    ],
)
def test_the_destination_of_traffic_between_vms_is_a_region_only(query: str, has_continent: bool) -> None:
    synonyms = read_question(query).terms[-1].synonyms
    assert synonyms[0] == "to sydney"
    assert any("to australia" in synonym for synonym in synonyms)
    assert any("to oceania" in synonym for synonym in synonyms) == has_continent


@pytest.mark.parametrize(
    ("query", "facts", "left_out"),
    [
        (
            "windows server 2019 on n2-standard-8",
            {"os": ["windows-server"], "version": ["2019"]},
            ("n2 standard 8",),
        ),
        (
            "windows server licence for an n2-standard-8",
            {"os": ["windows-server"], "part": ["licence"]},
            ("n2 standard 8",),
        ),
        (
            "windows server on n2-standard-8",
            {"family": ["n2"], "part": ["core", "ram"]},
            ("windows server",),
        ),
        ("ubuntu on n2-standard-8", {"family": ["n2"], "part": ["core", "ram"]}, ("ubuntu",)),
        ("n2-standard-8 with pd-ssd", {"family": ["n2"], "part": ["core", "ram"]}, ("pd ssd",)),
        ("snapshot of a pd-ssd", {"kind": ["snapshot"]}, ()),
        ("n2-standard-8", {"family": ["n2"], "part": ["core", "ram"]}, ()),
        (
            "cloud sql, mysql, n2-standard-8",
            {"product": ["cloud-sql"], "engine": ["mysql"], "shape": ["8x30"]},
            (),
        ),
    ],
)
def test_a_question_is_about_one_thing_and_another_beside_it_is_left_out(
    query: str, facts: dict[str, list[str]], left_out: tuple[str, ...]
) -> None:
    question = read_question(query)
    assert _facts(question) == facts
    assert question.left_out == left_out


def test_a_gpu_beside_a_machine_type_is_what_is_asked_for() -> None:
    facts = _facts(read_question("nvidia-tesla-t4 with an n1-standard-8"))
    assert facts == {"family": ["n1"], "model": ["t4"], "part": ["gpu"]}


@pytest.mark.parametrize("text", ["1 month", "3 months", "after 12 days"])
def test_a_period_without_a_commitment_is_not_a_usage_type(text: str) -> None:
    assert read_usage_type(text) is None


def test_a_version_is_read_after_the_name_of_a_system() -> None:
    assert _facts(read_question("ubuntu 2204")) == {"os": ["ubuntu"], "version": ["2204", "22-04"]}
    assert _facts(read_question("ubuntu 22.04")) == {"os": ["ubuntu"], "version": ["22-04", "22", "2022"]}
    assert _facts(read_question("ubuntu pro 22.04 cpu"))["version"] == ["22-04", "22", "2022"]
    assert _facts(read_question("windows server 2019")) == {"os": ["windows-server"], "version": ["2019"]}
    assert "version" not in _facts(read_question("n2 core 2019"))


def test_a_number_that_counts_something_is_no_version() -> None:
    assert _facts(read_question("rhel 7 4 vcpu")) == {"os": ["rhel"], "version": ["7"]}
    assert "version" not in _facts(read_question("rhel 1 year"))


def test_a_year_apart_from_the_system_is_its_version() -> None:
    assert _facts(read_question("licence windows server on a vm 2019"))["version"] == ["2019"]


def test_self_managed_is_not_a_managed_database() -> None:
    assert "product" not in _facts(read_question("sql server standard self-managed"))


def test_a_fact_outweighs_a_word_and_what_says_which_thing_is_meant_cannot_be_given_up() -> None:
    question = read_question("autopilot t4 pricing table vm 7")
    facts = {fact.attribute: fact.weight for fact in question.facts}
    terms = {term.word: term.weight for term in question.terms}
    assert facts["model"] == 0
    assert facts["purpose"] > terms["table"] > terms["vm"]
    assert question.quantity == ("7",)


def test_a_set_phrase_is_one_word() -> None:
    question = read_question("pd-ssd iops")
    assert question.words == ["pd ssd", "iops"]
    assert _facts(question) == {"model": ["pd-ssd"], "part": ["iops"]}


@pytest.mark.parametrize(
    ("singular", "plural"),
    [("core", "cores"), ("persistent disk", "persistent disks"), ("circuit", "circuits")],
)
def test_a_plural_means_what_its_singular_means(singular: str, plural: str) -> None:
    assert _facts(read_question(plural)) == _facts(read_question(singular)) != {}


def test_a_word_that_no_list_knows_is_a_term_with_its_singular() -> None:
    assert read_question("widgets").terms[0].synonyms == ("widgets", "widget")
    assert read_question("class").terms[0].synonyms == ("class",)


def test_stop_words_count_if_the_query_has_nothing_else() -> None:
    assert read_question("price").words == ["price"]
    assert read_question("price in tokyo").words == []


def test_only_the_id_counts_in_a_query_with_an_id() -> None:
    question = read_question("how much is 22eb-aae8-fbcd in tokyo")
    assert question == Question(ids=("22EB-AAE8-FBCD",))
    assert question.words == ["22EB-AAE8-FBCD"]


def test_a_repeated_word_counts_once() -> None:
    assert read_question("n2 N2 n2").words == ["n2"]


@given(st.text(max_size=200))
def test_any_text_can_be_read_and_every_word_comes_from_it(text: str) -> None:
    question = read_question(text)
    folded = " ".join(plain_words(text))
    assert all(word in folded for term in question.terms for word in term.word.split())
    assert all(term.synonyms for term in question.terms)
    assert all(
        word in folded
        for fact in question.facts
        for word in fact.word.split()
        if fact.word != "between regions"
    )
