"""Words that tell what a part of a page is: in class names and ids, and in its short texts.

Curated by hand from words seen on at least twenty sites, and grouped by meaning: weights learned for single class
names fit the sites they were seen on and no others (measured; see bench/train/NOTES.md). Groups are bits.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

_CLASS_WORDS: Final = {
    "body": "articlebody storybody postbody entrycontent postcontent articlecontent richtext wysiwyg prose markdown "
    "markup rte rich formatted typography usercontent bbwrapper messagecontent articletext bodytext bodycopy copy",
    "content": "content article story post main body text single editor blog entry hentry node doc cms paragraph "
    "primary inner page",
    "nav": "nav navigation menu menus submenu mega megamenu navbar dropdown menuitem flyout subnav menubar mainnav "
    "burger hamburger offcanvas topbar sitemap pagination pager paging drawer utility toolbar mainmenu topnav sub "
    "linklist menulist subheader",
    "crumb": "breadcrumb breadcrumbs crumb crumbs",
    "footer": "footer copyright colophon legal disclaimer privacy foot policy terms bottom",
    "header": "header head masthead banner branding logo hdr",
    "comment": "comment comments respond disqus commentform commentlist commentary replies viafoura coral livefyre",
    "related": "related recommended recommendation recommendations recirc recirculation trending popular promo promos "
    "promotion teaser teasers latest recent outbrain taboola more readmore readnext upnext next prev previous "
    "suggested suggestions discover explore mostread also similar picks further keepreading rel relatedposts",
    "share": "share sharing social socials sharedaddy sharebuttons sharebar facebook twitter linkedin whatsapp "
    "pinterest follow tweet print email addtoany addthis bookmark",
    "form": "newsletter subscribe signup subscription signin login register mailchimp gform gfield form input fields "
    "captcha checkbox submit account gravity validation sublabel optin password mailing inscription",
    "ad": "ad ads advert adverts advertisement advertising sponsor sponsored sponsors dfp gpt promoted affiliate offer "
    "deals adslot adunit publicidad werbung anzeige reklam pub",
    "meta": "byline bylines author authors date meta metadata tags tag taxonomy categories datepublished datemodified "
    "timestamp time readtime avatar vcard eyebrow kicker published updated dateline topics cats labels info",
    "bio": "bio biography authorbio jobtitle aboutauthor authorbox contributor",
    "caption": "caption credit credits attribution figcaption imagecaption photocredit source legend",
    "side": "sidebar aside widget widgets rail secondary complementary textwidget sidepanel widgettitle tertiary "
    "infobox factbox box callout pullquote",
    "consent": "cookie cookies consent onetrust gdpr modal popup overlay popover lightbox dialog alert notice paywall "
    "regwall cmp didomi truste interstitial notification announcement",
    "card": "card cards tile tiles grid carousel slider slide slides swiper item items list listing listitem thumbnail "
    "thumb thumbnails collection collections gallery feed archive loop posts",
    "title": "title headline heading headings subtitle",
    "lead": "lead lede intro introduction dek deck standfirst summary excerpt description desc strapline chapo sapo "
    "subheadline teasertext blurb synopsis abstract",
    "product": "product products price cart shop buy sku shipping quantity reviews review rating ratings "
    "stock minicart "
    "store wishlist",
    "forum": "thread message topic reply forum answer answers question questions signature quote messages comtent "
    "op karma vote votes discussion",
    "cta": "btn button buttons cta ctas link links icon icons actions toggle close tab tabs controls "
    "filter filters sort "
    "search searchform select option options settings language lang country",
    "hidden": "hidden hide sr visually visuallyhidden screenreader invisible tooltip noprint nocontent skip offscreen "
    "disclosure collapsed",
    "section": "section faq accordion testimonial testimonials feature features hero benefits pros cons guide tips "
    "team stats",
}
CLASS_GROUPS: Final = tuple(_CLASS_WORDS)
_BIT_OF: Final = {word: 1 << i for i, words in enumerate(_CLASS_WORDS.values()) for word in words.split()}
_MIN_STEM_CHARS: Final = 6
_STEMS: Final = {
    word: (place, bit) for place, (word, bit) in enumerate(_BIT_OF.items()) if len(word) >= _MIN_STEM_CHARS
}
"""Each with its place: the one that stands first above counts."""
_MAX_STEM_CHARS: Final = max(map(len, _STEMS))
_WORD: Final = re.compile(r"[a-z]{2,}")

_CUE_WORDS: Final = {
    "related": "related trending recommended recommend popular latest next previous also similar stories más ähnliche "
    "lesen artikel lire aussi leggi anche lees leer relacionadas mehr zum thema 関連記事 相关 "
    "推荐 延伸阅读 更多 latest",
    "share": "share facebook twitter whatsapp linkedin telegram pinterest copy tweet teilen partager compartir follow "
    "condividi delen instagram youtube reddit 分享 微信 微博",
    "newsletter": "newsletter subscribe sign login log register inbox email account abonnieren suscríbete inscription "
    "subscription subscriber subscribers member 登录 注册 订阅 e-mail",
    "ad": "advertisement advertisment sponsored promoted anzeige werbung publicité publicidad 広告 广告 affiliate "
    "commission pubblicità advertentie reklama",
    "legal": "© copyright rights reserved privacy cookie cookies terms gdpr consent policy datenschutz impressum "
    "disclaimer 版权 著作権",
    "comment": "comment comments reply replies kommentar kommentare commentaire commentaires comentarios 评论 コメント",
    "photo": "photo photograph getty image images reuters shutterstock unsplash picture foto fotos courtesy 图片 写真 "
    "credit pixabay",
    "by": "by author written published updated posted modified min read von par por publicado veröffentlicht publié "
    "aktualisiert 作者 编辑 来源 記者 记者 责任编辑",
    "nav": "home menu search skip back contact about sections categories tags tag topics print top filed close open "
    "faq help support careers more view all",
    "bio": "writer journalist editor reporter freelance contributor correspondent author writes covers twitter",
}
CUE_GROUPS: Final = tuple(_CUE_WORDS)

CONSENT: Final = (
    "cookie", "consent", "gdpr", "privacy", "datenschutz", "privatsphäre", "personenbezogen", "einwillig", "zgod",
    "personal data", "données personnelles", "datos personales", "dati personali", "externen inhalt", "externe inhalte",
    "externer inhalt", "our partners", "third part",
)  # fmt: skip
"""Stems that stand in texts about consent, of any length."""
APPEAL: Final = (
    "newsletter", "subscri", "sign up", "inbox", "donat", "support our", "membership", "abonn", "e-mail", "free trial",
    "log in", "register", "advertis", "affiliate", "all rights reserved", "follow us", "comment", "this article",
    "disclaimer", "contact us", "read more", "click here",
)  # fmt: skip
"""Stems that stand in what a publisher asks of readers or tells about the article."""
_STOP_WORDS: Final = (
    "the of and to in a is that for it on with as are was be this by at from or an have not but they his he she we you "
    "our your their will can has had were been which who its if more about when there than all would "
    "what one so up out "
    "der die das und zu den von mit ist des im für auf nicht ein eine als auch es dem sich werden aus er hat dass sie "
    "nach bei einer um am sind noch wie einem über einen zum haben nur oder aber vor zur bis mehr durch man sein wurde "
    "le la les de du et en un une que qui dans pour est sur au par plus pas ce il avec sont se ne ont "
    "aux cette mais ou "
    "el los las y del con para no su al lo como más pero sus ya o este sí porque esta entre cuando "
    "di che e per non una si da i della sono anche come gli ha nel alla do em um com não uma os na por mais dos mas "
    "het van dat op te zijn met voor niet aan ook dan maar nog uit och att det som på är av för till med har inte "
    "w z na się nie to że jest za od po и в не на что с по как это из у за от о к для"
)
STOP: Final = frozenset(_STOP_WORDS.split())


def _cues() -> dict[str, int]:
    found: dict[str, int] = {}
    for i, words in enumerate(_CUE_WORDS.values()):
        for word in words.split():
            found[word] = found.get(word, 0) | 1 << i
    return found


CUE_OF: Final = _cues()


@lru_cache(maxsize=8_192)
def group_bits(tokens: str) -> int:
    """Return the groups that the words of an element's class, id and other names belong to."""
    bits = 0
    for word in _WORD.findall(tokens):
        bits |= _BIT_OF.get(word) or (_stem_bits(word) if len(word) > 7 else 0)
    return bits


@lru_cache(maxsize=4_096)
def _stem_bits(word: str) -> int:
    """Return the groups of a run-together name by how it starts or ends ("relatedstories", "cmpcookie")."""
    sizes = range(_MIN_STEM_CHARS, min(len(word), _MAX_STEM_CHARS) + 1)
    found = [_STEMS[end] for size in sizes for end in (word[:size], word[-size:]) if end in _STEMS]
    return min(found)[1] if found else 0
