"""Web matter: pure, knows no site and does no IO."""
