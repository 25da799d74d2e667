//! The story file: parse, check, draft from an article.
