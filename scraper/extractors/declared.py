"""Under which names pages declare what they are and what their fields hold, the most trustworthy first.

Sources: https://schema.org/Article, https://ogp.me/, https://www.dublincore.org/specifications/dublin-core/dcmi-terms/,
and what the labelled pages use beside them.
"""

from __future__ import annotations

from typing import Final

ARTICLE_TYPES: Final = frozenset(
    {
        "Article",
        "NewsArticle",
        "BlogPosting",
        "ReportageNewsArticle",
        "AnalysisNewsArticle",
        "OpinionNewsArticle",
        "BackgroundNewsArticle",
        "ReviewNewsArticle",
        "AskPublicNewsArticle",
        "LiveBlogPosting",
        "TechArticle",
        "ScholarlyArticle",
        "MedicalScholarlyArticle",
        "AdvertiserContentArticle",
        "SatiricalArticle",
        "Report",
        "SocialMediaPosting",
        "Review",
        "Blog",
    }
)
SECONDARY_TYPES: Final = frozenset(
    {
        "DiscussionForumPosting",
        "QAPage",
        "Question",
        "Recipe",
        "Product",
        "HowTo",
        "VideoObject",
        "PodcastEpisode",
        "WebPage",
        "ItemPage",
        "Event",
        "JobPosting",
    }
)
TITLE_META: Final = (
    "og:title",
    "twitter:title",
    "parsely-title",
    "sailthru.title",
    "dc.title",
    "dcterms.title",
    "title",
)
AUTHOR_META: Final = (
    "author",
    "article:author",
    "parsely-author",
    "sailthru.author",
    "dc.creator",
    "dcterms.creator",
    "byl",
    "article:author_name",
    "twitter:creator:name",
    "citation_author",
    "og:article:author",
    "cxenseparse:author",
)
PUBLISHED_META: Final = (
    "article:published_time",
    "og:article:published_time",
    "datepublished",
    "published",
    "parsely-pub-date",
    "sailthru.date",
    "article.published",
    "dc.date.issued",
    "dcterms.issued",
    "dcterms.date",
    "dc.date",
    "dcterms.created",
    "pubdate",
    "publishdate",
    "publish-date",
    "publish_date",
    "date",
    "article_date_original",
    "cxenseparse:publishtime",
    "cxenseparse:recs:publishtime",
    "citation_publication_date",
    "ptime",
    "originalpublicationdate",
    "og:pubdate",
)
MODIFIED_META: Final = (
    "article:modified_time",
    "og:updated_time",
    "og:article:modified_time",
    "datemodified",
    "lastmod",
    "dcterms.modified",
    "dc.date.modified",
    "last-modified",
    "article.updated",
    "revised",
)
SECTION_META: Final = (
    "article:section",
    "parsely-section",
    "og:article:section",
    "sailthru.section",
    "section",
    "category",
)
TAG_META: Final = ("article:tag", "og:article:tag", "parsely-tags", "news_keywords", "keywords", "sailthru.tags")
SITE_META: Final = (
    "og:site_name",
    "application-name",
    "al:ios:app_name",
    "twitter:app:name:iphone",
    "dc.publisher",
    "publisher",
)
