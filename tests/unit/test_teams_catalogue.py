"""The bundled catalogue of team forms: complete where it matters, and no form means two teams of a league."""

from __future__ import annotations

import csv
from pathlib import Path

import polars as pl
import pytest

from epg_pipeline.config import load_leagues, load_teams
from epg_pipeline.domain.text import folded

FILE = Path(__file__).parents[2] / "epg_pipeline" / "config" / "teams.csv"
COLUMNS = ["league", "sport", "gender", "name", "location", "nickname", "short", "abbreviation", "aliases"]

# Leagues of the catalogue that stand for many of leagues.yaml: a school's row serves all its sports, a country's too.
SHARED = {"ncaa", "national"}

AT_LEAST = {
    "nfl": 32, "nba": 30, "wnba": 13, "nhl": 32, "mlb": 30, "usa.1": 30, "usa.nwsl": 16, "ncaa": 1000, "national": 220,
    "eng.1": 26, "eng.2": 30, "eng.3": 30, "eng.4": 28, "esp.1": 26, "esp.2": 28, "ita.1": 25, "ita.2": 28,
    "ger.1": 23, "ger.2": 26, "fra.1": 22, "fra.2": 24, "ned.1": 22, "por.1": 22, "bel.1": 18, "aut.1": 14, "sco.1": 14,
    "tur.1": 22, "gre.1": 16, "mex.1": 18, "bra.1": 24, "arg.1": 30, "col.1": 20, "eng.w.1": 12,
    "ahl": 32, "whl": 22, "ohl": 20, "qmjhl": 18, "cfl": 9, "ipl": 10,
}  # fmt: skip

# The 136 schools of the top football division in 2025, by conference.
TOP_FOOTBALL = """
Boston College,California,Clemson,Duke,Florida State,Georgia Tech,Louisville,Miami,NC State,North Carolina,Pittsburgh,
SMU,Stanford,Syracuse,Virginia,Virginia Tech,Wake Forest,
Illinois,Indiana,Iowa,Maryland,Michigan,Michigan State,Minnesota,Nebraska,Northwestern,Ohio State,Oregon,Penn State,
Purdue,Rutgers,UCLA,USC,Washington,Wisconsin,
Alabama,Arkansas,Auburn,Florida,Georgia,Kentucky,LSU,Ole Miss,Mississippi State,Missouri,Oklahoma,South Carolina,
Tennessee,Texas,Texas A&M,Vanderbilt,
Arizona,Arizona State,Baylor,BYU,Cincinnati,Colorado,Houston,Iowa State,Kansas,Kansas State,Oklahoma State,TCU,
Texas Tech,UCF,Utah,West Virginia,
Army,Charlotte,East Carolina,Florida Atlantic,Memphis,Navy,North Texas,Rice,South Florida,Temple,Tulane,Tulsa,UAB,UTSA,
Delaware,Florida International,Jacksonville State,Kennesaw State,Liberty,Louisiana Tech,Middle Tennessee,
Missouri State,New Mexico State,Sam Houston,UTEP,Western Kentucky,
Akron,Ball State,Bowling Green,Buffalo,Central Michigan,Eastern Michigan,Kent State,Massachusetts,Miami (OH),
Northern Illinois,Ohio,Toledo,Western Michigan,
Air Force,Boise State,Colorado State,Fresno State,Hawai'i,Nevada,New Mexico,San Diego State,San José State,UNLV,
Utah State,Wyoming,
App State,Arkansas State,Coastal Carolina,Georgia Southern,Georgia State,James Madison,Louisiana,UL Monroe,Marshall,
Old Dominion,South Alabama,Southern Miss,Texas State,Troy,
Oregon State,Washington State,Notre Dame,UConn
""".replace("\n", "").split(",")


@pytest.fixture(scope="module")
def teams() -> pl.DataFrame:
    return load_teams()


@pytest.fixture(scope="module")
def aliases(teams: pl.DataFrame) -> pl.DataFrame:
    listed = teams.select("league", "name", printed=pl.col("aliases").str.split(";")).explode("printed")
    return listed.filter(pl.col("printed") != "").with_columns(form=folded(pl.col("printed")))


@pytest.fixture(scope="module")
def own_forms(teams: pl.DataFrame) -> pl.DataFrame:
    """What a row says of its team outside its aliases; a school's location is its name."""
    schools = teams.filter(pl.col("league") == "ncaa")
    columns = [teams.select("league", "name", printed=column) for column in ("name", "short", "abbreviation")]
    printed = pl.concat([*columns, schools.select("league", "name", printed="location")])
    return printed.filter(pl.col("printed") != "").with_columns(form=folded(pl.col("printed")))


@pytest.fixture(scope="module")
def forms(own_forms: pl.DataFrame, aliases: pl.DataFrame) -> pl.DataFrame:
    return pl.concat([own_forms, aliases])


def meant_by(forms: pl.DataFrame, league: str, printed: str) -> list[str]:
    wanted = pl.select(folded(pl.lit(printed))).item()
    return forms.filter(pl.col("league") == league, pl.col("form") == wanted)["name"].unique().to_list()


def test_the_file_is_plain_csv_in_the_order_of_league_and_name():
    text = FILE.read_text(encoding="utf-8")
    rows = list(csv.reader(text.splitlines()))
    assert rows[0] == COLUMNS
    assert all(len(row) == len(COLUMNS) for row in rows)
    keys = [(row[0], row[3]) for row in rows[1:]]
    assert keys == sorted(keys)
    assert len(text.encode()) < 500_000


def test_every_team_has_a_league_a_name_and_a_short_form(teams):
    for column in ("league", "name", "short"):
        assert teams.filter(pl.col(column).str.strip_chars() == "")["name"].to_list() == []
    assert set(teams["gender"]) == {"", "women"}
    assert teams.filter((pl.col("sport") == "") != pl.col("league").is_in(SHARED))["name"].to_list() == []


def test_no_cell_or_alias_has_stray_space(teams):
    cells = pl.concat([teams[column] for column in COLUMNS[:-1]] + [teams["aliases"].str.split(";").explode()])
    assert cells.filter(cells != cells.str.strip_chars()).to_list() == []
    assert cells.filter(cells.str.contains("  ", literal=True)).to_list() == []


def test_leagues_and_sports_are_those_of_the_leagues_file(teams):
    leagues = load_leagues()
    listed = teams.filter(pl.col("league").is_in(list(leagues)))
    wrong = [
        (league, sport, gender)
        for league, sport, gender in listed.select("league", "sport", "gender").unique().rows()
        if sport != leagues[league].sport or (gender == "women") != (leagues[league].gender == "women")
    ]
    assert wrong == []


def test_names_are_unique_within_a_league(teams):
    names = teams.with_columns(form=folded(pl.col("name"))).group_by("league", "form").len().filter(pl.col("len") > 1)
    assert names.rows() == []


def test_a_form_means_one_team_of_its_league(forms):
    shared = forms.group_by("league", "form").agg(pl.col("name").unique()).filter(pl.col("name").list.len() > 1)
    assert shared.rows() == []


def test_an_alias_adds_a_form_its_row_does_not_say_already(own_forms, aliases):
    key = ["league", "name", "form"]
    assert aliases.join(own_forms, on=key, how="semi").rows() == []
    assert aliases.filter(aliases.select(key).is_duplicated()).rows() == []


def test_no_reserve_side_is_an_alias_of_a_first_team(aliases):
    reserve = r"(?i)\b(II|III|U-?\d\d|B team|reserves?|academy)$"
    first_team = ~pl.col("name").str.contains(r"(II|2| B)$") & (pl.col("league") != "ncaa")  # "Air Force Academy"
    assert aliases.filter(pl.col("printed").str.contains(reserve), first_team)["printed"].to_list() == []


@pytest.mark.parametrize(("league", "least"), AT_LEAST.items())
def test_a_league_is_complete(teams, league, least):
    assert teams.filter(pl.col("league") == league).height >= least


def test_every_school_of_the_first_division_has_its_abbreviation(teams):
    first_division = teams.filter(pl.col("league") == "ncaa", pl.col("abbreviation") != "")
    assert first_division.height >= 360
    assert first_division.filter(pl.col("nickname") == "")["name"].to_list() == []


def test_every_school_of_the_top_football_division_is_there(teams):
    assert len(TOP_FOOTBALL) == 136
    schools = teams.filter(pl.col("league") == "ncaa", pl.col("abbreviation") != "")["location"]
    assert sorted(set(TOP_FOOTBALL) - set(schools)) == []


@pytest.mark.parametrize(
    ("league", "printed", "name"),
    [
        ("nba", "SAS Spurs", "San Antonio Spurs"),
        ("nba", "Sixers", "Philadelphia 76ers"),
        ("nba", "GSW", "Golden State Warriors"),
        ("nhl", "Montréal Canadiens", "Montreal Canadiens"),
        ("nhl", "Utah Hockey Club", "Utah Mammoth"),
        ("nhl", "TBL", "Tampa Bay Lightning"),
        ("nfl", "LA Rams", "Los Angeles Rams"),
        ("nfl", "LVR", "Las Vegas Raiders"),
        ("mlb", "Oakland Athletics", "Athletics"),
        ("mlb", "D-backs", "Arizona Diamondbacks"),
        ("mlb", "CWS", "Chicago White Sox"),
        ("usa.1", "Los Angeles Football Club", "LAFC"),
        ("usa.1", "Montreal", "CF Montréal"),
        ("usa.nwsl", "NJ/NY Gotham", "Gotham FC"),
        ("ncaa", "Mississippi", "Ole Miss Rebels"),
        ("ncaa", "Connecticut", "UConn Huskies"),
        ("ncaa", "Pitt", "Pittsburgh Panthers"),
        ("ncaa", "Cent. Michigan", "Central Michigan Chippewas"),
        ("ncaa", "Wash St.", "Washington State Cougars"),
        ("ncaa", "UM Kansas City", "Kansas City Roos"),
        ("ncaa", "Southern California", "USC Trojans"),
        ("ncaa", "FAU", "Florida Atlantic Owls"),
        ("ncaa", "La. Tech", "Louisiana Tech Bulldogs"),
        ("ncaa", "San Jose State", "San José State Spartans"),
        ("ncaa", "Texas A&M-Commerce", "East Texas A&M Lions"),
        ("eng.1", "Man. United", "Manchester United"),
        ("eng.1", "Spurs", "Tottenham Hotspur"),
        ("eng.1", "Hull", "Hull City"),
        ("eng.2", "Queens Park Rangers FC", "Queens Park Rangers"),
        ("esp.1", "Barça", "Barcelona"),
        ("esp.1", "Atletico de Madrid", "Atlético Madrid"),
        ("esp.1", "Malaga", "Málaga"),
        ("ita.1", "Internazionale", "Inter Milan"),
        ("ger.1", "Gladbach", "Borussia Mönchengladbach"),
        ("ger.1", "Bayern München", "Bayern Munich"),
        ("ger.1", "FC Cologne", "1. FC Köln"),
        ("ger.1", "Koeln", "1. FC Köln"),
        ("fra.1", "PSG", "Paris Saint-Germain"),
        ("fra.1", "Paris FC", "Paris FC"),
        ("por.1", "Sporting Lisbon", "Sporting CP"),
        ("gre.1", "Olympiakos Piraeus", "Olympiacos"),
        ("srb.1", "Crvena zvezda", "Red Star Belgrade"),
        ("nor.1", "Bodo/Glimt", "Bodø/Glimt"),
        ("sco.1", "Hibs", "Hibernian"),
        ("mex.1", "Chivas", "Guadalajara"),
        ("eng.w.1", "Chelsea", "Chelsea Women"),
        ("national", "Estados Unidos", "United States"),
        ("national", "Turquía", "Türkiye"),
        ("national", "Cabo Verde", "Cape Verde"),
        ("national", "Côte d'Ivoire", "Ivory Coast"),
        ("national", "Korea Republic", "South Korea"),
        ("national", "Guinea", "Guinea"),
        ("national", "Congo", "Congo"),
        ("ohl", "Soo Greyhounds", "Sault Ste. Marie Greyhounds"),
    ],
)
def test_a_form_is_known(forms, league, printed, name):
    assert meant_by(forms, league, printed) == [name]


@pytest.mark.parametrize(
    ("printed", "name", "other"),
    [
        ("Miami", "Miami Hurricanes", "Miami (OH) RedHawks"),
        ("Miami (OH)", "Miami (OH) RedHawks", "Miami Hurricanes"),
        ("Saint Mary's", "Saint Mary's Gaels", "Mount St. Mary's Mountaineers"),
        ("USC", "USC Trojans", "South Carolina Gamecocks"),
        ("USF", "South Florida Bulls", "San Francisco Dons"),
        ("Saint Francis", "Saint Francis Red Flash", "St. Francis Brooklyn Terriers"),
        ("Loyola Chicago", "Loyola Chicago Ramblers", "Loyola Maryland Greyhounds"),
        ("Indiana", "Indiana Hoosiers", "Indiana (PA) Crimson Hawks"),
        ("Wheaton (MA)", "Wheaton (MA) Lyons", "Wheaton (IL) Thunder"),
    ],
)
def test_schools_that_look_alike_are_kept_apart(forms, printed, name, other):
    assert meant_by(forms, "ncaa", printed) == [name]
    assert meant_by(forms, "ncaa", other) == [other]


@pytest.mark.parametrize(
    ("league", "printed"),
    [
        ("eng.1", "United"), ("eng.1", "City"), ("eng.1", "Manchester"), ("eng.2", "Bristol"), ("eng.2", "Sheffield"),
        ("esp.1", "Real"), ("esp.1", "Madrid"), ("ger.1", "Borussia"), ("arg.1", "Atlético"), ("ncaa", "State"),
        ("ncaa", "Tigers"), ("nhl", "NY"), ("mlb", "Sox"), ("cro.1", "Zagreb"),
    ],
)  # fmt: skip
def test_a_word_that_several_teams_share_is_not_a_form(forms, league, printed):
    assert meant_by(forms, league, printed) == []


def test_womens_sides_stand_only_in_womens_leagues(teams, forms):
    marks = r"(?i)\b(women|ladies|femen[ií]n?o?|f[eé]minin(e|es)?|frauen|WFC|lady)\b"
    printed = forms.filter(pl.col("printed").str.contains(marks), pl.col("league") != "ncaa")
    womens = teams.filter(pl.col("gender") == "women")["league"].unique()
    assert set(printed["league"]) <= set(womens)


@pytest.mark.parametrize("city", ["New York", "Los Angeles", "Chicago"])
@pytest.mark.parametrize("league", ["mlb", "nhl", "nfl", "nba"])
def test_a_shared_city_is_nobodys_alias(forms, teams, league, city):
    sides = teams.filter(pl.col("league") == league, pl.col("location") == city).height
    assert sides < 2 or meant_by(forms, league, city) == []
