"""Pictures of an article: which ones are the article's, each once, with its own caption and credit."""

from __future__ import annotations

from typing import Final

import pytest
from gazette import LINEAR, STORY, growth, page, paragraphs, read

from scraper.extractors.credits import split_credit
from scraper.extractors.pictures import name_picture, shows_same

HOST: Final = "https://img.bay-gazette.example"
SAME: Final = {
    "cut by the site": ("/up/slip-at-dawn.jpg", "/up/slip-at-dawn-585x439.jpg"),
    "another format": ("/up/slip-at-dawn.jpg", "/up/slip-at-dawn.jpg.webp"),
    "a number of the picture": ("/409956368_v16_9_600.jpeg", "/409956368_v4_3_1600.webp"),
    "a folder for each picture": ("/44152f97b643491c/16x9/original.jpg", "/44152f97b643491c/16x9/1280@40.jpg"),
    "sizes in the query": ("/image/5b19241f05cc/?t=resize:2000", "/image/5b19241f05cc/?t=resize:1896"),
    "a service around it": (
        "/up/quay_7741092.jpg",
        "/dims/crop/90/?url=https%3A%2F%2Fx.example%2Fquay_7741092.jpg%3Fv%3D2",
    ),
    "a stamp at its end": ("/up/ferry_hull.jpg", "/up/ferry_hull-1703184008180.jpg"),
    "a name that says nothing": ("/c_img/dMzIz/02.jpeg?fl=res,1200", "/c_img/dMzIz/02.jpeg?fl=res,2560"),
    "widths at its end": ("/Lbxnktxmilfcg.jpg", "/Lbxnktxmilfcg-1920-80.jpg"),
}
OTHER: Final = {
    "of one series": ("/up/slip-at-dawn-1.jpg", "/up/slip-at-dawn-9.jpg"),
    "of one camera": ("/up/DSC_0234.jpg", "/up/DSC_0235.jpg"),
    "of one day": ("/up/20250304-quay.jpg", "/up/20250304-mast.jpg"),
    "of one folder": ("/44152f97b643491c/quay.jpg", "/44152f97b643491c/mast.jpg"),
}


@pytest.mark.parametrize("case", SAME)
def test_one_picture_is_shown(case: str) -> None:
    """A picture that the metadata names and the page shows, in whatever size, is one picture: the one shown."""
    named, shown = SAME[case]
    article = read(_story(f'<figure><img src="{HOST}{shown}" alt="A slip"></figure>', named))
    assert [(image.url, image.alt) for image in article.images] == [(HOST + shown, "A slip")]


@pytest.mark.parametrize("case", OTHER)
def test_another_picture_is_shown(case: str) -> None:
    """A picture that the metadata name and the page does not show comes first."""
    named, shown = OTHER[case]
    article = read(_story(f'<figure><img src="{HOST}{shown}" alt="A slip"></figure>', named))
    assert [image.url for image in article.images] == [HOST + named, HOST + shown]


def test_each_picture_is_there_once() -> None:
    """One picture in two sizes is told once; two pictures of one name in folders of their own are two."""
    shown = ("/quay-300x200.jpg", "/quay-1200x800.jpg", "/1783549a/mast.jpg", "/1783550b/mast.jpg")
    article = read(_story("".join(f'<img src="{HOST}{path}" alt="">' for path in shown)))
    assert [image.url for image in article.images] == [HOST + shown[i] for i in (0, 2, 3)]


TEASED: Final = "Harbour mast comes down after ninety years"
TEASER: Final = '<p>Read also: <a href="/b/mast">{1}</a></p>'
FURNITURE: Final = {
    "an icon": '<img src="{0}/x/share.svg" alt="Share this story">',
    "an icon of known size": '<img src="{0}/x/play.svg" alt="" width="48" height="48">',
    "a portrait": '<img src="{0}/up/ofalk-200x200.jpg" alt="Ines Falk" width="200" height="200">',
    "an avatar": '<img src="{0}/up/4421.jpg" alt="Ines Falk avatar">',
    "a teaser's, by its link": '<a href="/b/mast"><img src="{0}/mast.jpg" alt=""></a>' + TEASER,
    "a teaser's, by its text": '<img src="{0}/mast.jpg" alt="{1}">' + TEASER,
    "an avatar without a name": '<img src="https://secure.gravatar.com/avatar/1b215c17?s=96" alt="">',
    "a banner": '<img src="{0}/up/summer-offers.jpg" alt="" width="728" height="90">',
    "a wheel that turns": '<img src="{0}/x/loading-indicator.8d.svg" alt="Video loads" width="400" height="300">',
    "nothing": '<figure><img src="{0}/x/leer.gif" alt=""><figcaption>A quay at noon</figcaption></figure>',
    "a place kept": '<img src="{0}/x/placeholder.png" alt="">',
}
KEPT: Final = {
    "a drawing": '<figure><img src="{0}/up/plan.svg" alt=""><figcaption>Where the quay was</figcaption></figure>',
    "a large drawing": '<img src="{0}/up/plan.svg" alt="" width="800">',
    "a small picture": '<figure><img src="{0}/up/nail.jpg" width="90"><figcaption>A nail of it</figcaption></figure>',
    "a name like a wheel's": '<img src="{0}/up/loading-dock.jpg" alt="The dock">',
    "a link to a larger one": '<a href="{0}/up/slip-full.jpg"><img src="{0}/up/slip.jpg" alt="A slip"></a>',
}


@pytest.mark.parametrize("case", FURNITURE)
def test_furniture_is_no_picture_of_the_story(case: str) -> None:
    """Icons, portraits of the author, thumbnails of teasers and banners are not told as the story's pictures."""
    html = _story(FURNITURE[case].format(HOST, TEASED)).replace(
        "</head>", '<meta name="author" content="Ines Falk"></head>'
    )
    assert read(html).images == ()


@pytest.mark.parametrize("case", KEPT)
def test_pictures_that_look_like_furniture(case: str) -> None:
    """Drawings and small pictures with a caption or of some size stay, and those that link to a larger one."""
    assert len(read(_story(KEPT[case].format(HOST))).images) == 1


@pytest.mark.parametrize(
    ("named", "told"), [("/logo.png", 0), ("/bay-gazette-icon.png", 0), ("/up/new-ferry-logo-unveiled.jpg", 1)]
)
def test_the_mark_of_the_site_is_no_lead_picture(named: str, told: int) -> None:
    """A page that names its site's mark for want of a picture has none."""
    assert len(read(_story("", named)).images) == told


def test_name_of_no_picture() -> None:
    """An address without a path names nothing else."""
    assert name_picture("https://img.example/") == ("https://img.example/",)
    assert not shows_same(name_picture("https://img.example/"), name_picture("https://img.example/a.jpg"))


def _story(inside: str, named: str | None = None) -> str:
    head = f'<meta property="og:image" content="{HOST}{named}">' if named else ""
    return page(paragraphs(STORY[:2]) + inside + paragraphs(STORY[2:]), head=head)


def test_a_credit_in_boxes_of_its_own() -> None:
    """The lines of a caption count in the order in which they are read, whatever boxes they stand in."""
    credit = '<span class="credit"> (<div class="camera">Image:</div>Getty Images/Falk)</span>'
    box = f'<figcaption class="caption"><span class="caption">The mast</span>{credit}</figcaption>'
    article = read(_story(f'<div class="photo"><img src="{HOST}/mast.jpg" alt="">{box}</div>'))
    assert [(image.caption, image.credit) for image in article.images] == [("The mast", "Getty Images/Falk")]


def test_a_caption_of_another_picture() -> None:
    """What stands in a figure is told of the pictures in it, and not of one nearby."""
    figure = f'<figure><img src="{HOST}/mast.jpg" alt=""><figcaption>The mast at dawn</figcaption></figure>'
    article = read(_story(f'<div>{figure}<div><img src="{HOST}/quay.jpg" alt="The quay"></div></div>'))
    assert [(image.alt, image.caption) for image in article.images] == [(None, "The mast at dawn"), ("The quay", None)]


def test_a_sign_over_a_picture() -> None:
    """The drawing of a magnifying glass in the picture's figure is no second picture."""
    glass = f'<span><img src="{HOST}/x/zoom-in.svg" alt="Closer"></span>'
    figure = f'<figure><img src="{HOST}/mast.jpg" alt="">{glass}<figcaption>The mast at dawn</figcaption></figure>'
    assert [image.url for image in read(_story(figure)).images] == [f"{HOST}/mast.jpg"]


def test_a_button_is_no_caption() -> None:
    """What a button over the picture says is neither its caption nor its credit, and hides neither."""
    button = "<div><img src='{0}/mast.jpg' alt=''><button>Bild vergrößern</button></div>"
    caption = "<figcaption><p>The mast at dawn</p><p>Foto: Ines Falk / dpa</p></figcaption>"
    article = read(_story(f"<figure>{button}{caption}</figure>".format(HOST)))
    assert [(image.caption, image.credit) for image in article.images] == [("The mast at dawn", "Ines Falk / dpa")]


CREDITS: Final = [
    pytest.param(["The mast", "© Picture Alliance"], ("The mast", "Picture Alliance"), id="an agency like a cue"),
    pytest.param(
        ["The mast", "© picture alliance / Foto Falk"], ("The mast", "picture alliance / Foto Falk"), id="with a sign"
    ),
    pytest.param(
        ["The mast – Photo Credit: Ines Falk (bay.example)"], ("The mast", "Ines Falk (bay.example)"), id="brackets"
    ),
    pytest.param(["Source"], (None, None), id="an announcement alone"),
    pytest.param(["Image 6: The mast at dawn"], ("Image 6: The mast at dawn", None), id="a number"),
    pytest.param(
        ["The mast at dawn. (AP Photo/Ines Falk)"], ("The mast at dawn.", "AP Photo/Ines Falk"), id="agency photo"
    ),
    pytest.param(
        ["The mast ( Image:", "Getty Images/iStockphoto)"], ("The mast", "Getty Images/iStockphoto"), id="in lines"
    ),
    pytest.param(
        ["The mast (", "Image:", "Bay via Getty Images)"], ("The mast", "Bay via Getty Images"), id="in three"
    ),
    pytest.param(["Ines Falk/AFP via Getty Images"], (None, "Ines Falk/AFP via Getty Images"), id="nothing else"),
    pytest.param(["The mast. Ines Falk / Reuters"], ("The mast.", "Ines Falk / Reuters"), id="behind a stop"),
    pytest.param(["STR/Getty images"], (None, "STR/Getty images"), id="in small letters"),
    pytest.param(["The mast.Getty Images"], ("The mast.", "Getty Images"), id="glued"),
    pytest.param(["The mast | Ines Falk/PA Wire"], ("The mast", "Ines Falk/PA Wire"), id="behind a bar"),
    pytest.param(["The mast. (Ines Falk/Bay Gazette)"], ("The mast.", "Ines Falk/Bay Gazette"), id="a paper's own"),
    pytest.param(["The mast. Picture: AP Photo/Ines Falk"], ("The mast.", "AP Photo/Ines Falk"), id="announced twice"),
    pytest.param(["The mast. (Ines N. Falk / The Bay)"], ("The mast.", "Ines N. Falk / The Bay"), id="an initial"),
    pytest.param(["In Cork, I.R. Ines Falk / AFP"], ("In Cork, I.R.", "Ines Falk / AFP"), id="behind letters"),
    pytest.param(["The mast. (AP Photo/Ines Falk) AP Photo"], ("The mast.", "AP Photo/Ines Falk"), id="twice"),
    pytest.param(
        ["Der Mast. (Symbolfoto: dpa | Ines Falk)"], ("Der Mast.", "dpa | Ines Falk"), id="announced in brackets"
    ),
    pytest.param(["The mast.", "© Getty Images/Falk"], ("The mast.", "Getty Images/Falk"), id="rights"),
    pytest.param(
        ["Bay/Getty Images, FILE", "PHOTO: The mast."], ("PHOTO: The mast.", "Bay/Getty Images, FILE"), id="above"
    ),
    pytest.param(["The mast.", "Credit:", "Ines Falk"], ("The mast.", "Ines Falk"), id="announced in a line"),
    pytest.param(["picture alliance / Falk | Falk"], (None, "picture alliance / Falk | Falk"), id="agency like a cue"),
    pytest.param(["The mast, an image by the sea"], ("The mast, an image by the sea", None), id="no photographer"),
    pytest.param(["The quay in Cork. North/South"], ("The quay in Cork. North/South", None), id="no name"),
    pytest.param(
        ["Foto de familia de la segunda reunión de los armadores del puerto viejo"],
        ("Foto de familia de la segunda reunión de los armadores del puerto viejo", None),
        id="what it shows",
    ),
]


@pytest.mark.parametrize(("lines", "split"), CREDITS)
def test_caption_and_credit(lines: list[str], split: tuple[str | None, str | None]) -> None:
    """What a picture shows and who took it are told apart, whole."""
    assert split_credit(lines) == split


SLIDE: Final = '<img src="/slides/{0}.jpg" width=600>'


@pytest.mark.parametrize(
    ("above", "shown"),
    [
        pytest.param([SLIDE], ["/slides/0.jpg"], id="the lead picture"),
        pytest.param([f'<a href="/slides/0-large.jpg">{SLIDE}</a>'], ["/slides/0.jpg"], id="linked with itself"),
        pytest.param([f'<a href="/another/story">{SLIDE}</a>'], [], id="another story's, or an advertisement"),
        pytest.param([SLIDE] * 3, [], id="slides"),
        pytest.param(
            [SLIDE, SLIDE, f"<figure>{SLIDE}<figcaption>The mast comes down</figcaption></figure>"],
            ["/slides/0.jpg", "/slides/1.jpg", "/slides/2.jpg"],
            id="a third that has a caption",
        ),
    ],
)
def test_pictures_above_the_headline(above: list[str], shown: list[str]) -> None:
    """An article has a picture or two there; what leads elsewhere, and a row of more, belongs to the site."""
    pictures = "".join(picture.format(number) for number, picture in enumerate(above))
    html = page(paragraphs(STORY)).replace("<h1>", f"{pictures}<h1>")
    assert [image.url.removeprefix("https://www.bay-gazette.example") for image in read(html).images] == shown


def test_a_caption_without_end_takes_no_time() -> None:
    """What stands in a caption's box may be anything: white space, signs, a book. None of it stalls the search."""
    for filler in (" ", " -", ". ", "Ann Lee/", "("):
        caption, credit = split_credit([f"The mast {filler * 100_000} comes down"])
        assert credit is None and caption is not None and caption.startswith("The mast")


def test_a_page_of_captions_takes_no_time() -> None:
    """Which caption is a picture's is found without looking at all of them for each picture."""
    caption = "<figcaption>The slip at dawn, day {0}.</figcaption>"
    figure = f'<figure><img src="/up/slip{{0}}.jpg" width=600 height=400>{caption}</figure>'

    def shown(count: int) -> None:
        slides = "".join(figure.format(number) for number in range(count))
        article = read(page(paragraphs(STORY[:1]) + slides + paragraphs(STORY[1:])))
        assert [i.caption for i in article.images[:2]] == ["The slip at dawn, day 0.", "The slip at dawn, day 1."]

    assert growth(shown, 1000) < LINEAR
