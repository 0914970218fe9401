"""Settings that only the gateway reads; documented with the others in `docs/settings.md`."""

from __future__ import annotations

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from bot.settings import ROOT


class Options(BaseSettings):
    """Hold the gateway's own settings."""

    model_config = SettingsConfigDict(env_prefix="LIYAN_", env_file=ROOT / ".env", extra="ignore")

    embed_origins: str = Field(
        default="",
        description="Origins of shops that embed the chat element, separated by commas: `https://shop.example`.",
    )

    @property
    def embedding(self) -> frozenset[str]:
        """Return the allowed origins without their trailing slashes."""
        return frozenset(part.strip().rstrip("/").lower() for part in self.embed_origins.split(",") if part.strip())
