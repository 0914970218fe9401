"""Every setting of the service, read from `LIYAN_…` variables and `.env`."""

from __future__ import annotations

from datetime import timedelta
from functools import lru_cache
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

ROOT = Path(__file__).resolve().parent.parent
PRIVATE_UMASK = 0o077
"""What the running system writes is what customers said: only its own user may read it."""


class SettingsError(ValueError):
    """Raised when a variable holds what it cannot; the message names each one."""


def _asynchronous(url: str) -> str:
    scheme = url.partition(":")[0]
    if scheme in ("sqlite", "postgres", "postgresql"):
        raise ValueError("names no asynchronous driver: write sqlite+aiosqlite:///… or postgresql+asyncpg://…")
    return url


def _networks(text: str) -> str:
    for part in filter(None, (part.strip() for part in text.split(","))):
        ip_network(part)
    return text


Port = Annotated[int, Field(ge=1, le=65535)]
Seconds = Annotated[float, Field(gt=0)]
Hours = Annotated[float, Field(gt=0, le=24 * 365)]
Count = Annotated[int, Field(ge=1)]
Networks = Annotated[str, AfterValidator(_networks)]
Level = Annotated[Literal["DEBUG", "INFO", "WARNING", "ERROR"], BeforeValidator(str.upper)]
AsyncUrl = Annotated[str, AfterValidator(_asynchronous)]


class Settings(BaseSettings):
    """Hold the settings; `docs/settings.md` describes each one."""

    model_config = SettingsConfigDict(env_prefix="LIYAN_", env_file=ROOT / ".env", extra="ignore")

    host: str = Field("127.0.0.1", description="Address the public gateway listens on.")
    port: Port = Field(8000, description="Port of the public gateway.")
    engine_port: Port | None = Field(
        None, description="Loopback port of the dialogue engine; a free one at each start when unset."
    )
    actions_port: Port | None = Field(
        None, description="Loopback port of the action server; a free one at each start when unset."
    )
    var: Path = Field(ROOT / "var", description="Folder for everything the running system writes.")
    models: Path = Field(ROOT / "models", description="Folder of trained models.")
    pack: str = Field("retail", description="Shop data in use: a folder under `bot/packs`.")
    phrasebook: Path = Field(ROOT / "phrasebook", description="Folder that holds `approved/` and `forbidden/`.")
    database_url: AsyncUrl | None = Field(
        None, description="SQLAlchemy URL of the records; SQLite under `LIYAN_VAR` when unset."
    )
    redis_url: str | None = Field(
        None, description="Redis for live events and turn locks between several gateways; in one process when unset."
    )
    tracker_url: str | None = Field(
        None, description="Synchronous SQLAlchemy URL of the engine's trackers; SQLite under `LIYAN_VAR` when unset."
    )
    api_token: SecretStr | None = Field(
        None, description="Bearer token of the REST webhook; without it the webhook answers 404."
    )
    secret: SecretStr | None = Field(
        None, description="Key that signs visitor sessions; made once under `LIYAN_VAR` when unset."
    )
    engine_token: SecretStr | None = Field(
        None, description="Token between gateway and engine; the supervisor makes one for each start when unset."
    )
    engine_timeout: Seconds = Field(15.0, description="Seconds the gateway waits for the engine's answer to a turn.")
    reply_timeout: Seconds = Field(20.0, description="Seconds a REST caller is kept waiting for the answer.")
    conversation_silence: Hours = Field(
        12.0, description="Hours without a word after which a conversation of the bot's has ended."
    )
    secure_cookies: bool = Field(False, description="Mark the visitor cookie Secure: set it behind TLS.")
    embed_origins: str = Field(
        "", description="Origins of shops that embed the chat element, separated by commas: `https://shop.example`."
    )
    free_disk: int = Field(
        100, ge=0, description="Megabytes that must be free under `LIYAN_VAR`; with less `/readyz` answers 503."
    )
    trusted_proxies: Networks = Field(
        "",
        description="Addresses or networks of our own proxies, separated by commas: their X-Forwarded-For is believed.",
    )
    address_messages: Count = Field(100, description="Sentences that all visitors of one address may send in 10 s.")
    address_sessions: Count = Field(200, description="New visitors from one address in a minute.")
    address_sockets: Count = Field(100, description="Web sockets that one address may hold open.")
    all_sessions: Count = Field(1200, description="New visitors in all in a minute.")
    all_sockets: Count = Field(5000, description="Web sockets open in all.")
    log_level: Level = Field("INFO", description="Lowest level that is logged.")

    @property
    def silence(self) -> timedelta:
        """Return the silence that ends a conversation of the bot's."""
        return timedelta(hours=self.conversation_silence)

    @property
    def embedding(self) -> frozenset[str]:
        """Return the origins that may embed the chat, without their trailing slashes."""
        return frozenset(part.strip().rstrip("/").lower() for part in self.embed_origins.split(",") if part.strip())

    @property
    def proxies(self) -> tuple[IPv4Network | IPv6Network, ...]:
        """Return the networks of the trusted proxies."""
        return tuple(ip_network(part.strip()) for part in self.trusted_proxies.split(",") if part.strip())

    @property
    def database(self) -> str:
        """Return the asynchronous SQLAlchemy URL of the records."""
        return self.database_url or f"sqlite+aiosqlite:///{self.var / 'liyan.db'}"

    @property
    def pack_folder(self) -> Path:
        """Return the folder of the shop's data."""
        return ROOT / "bot" / "packs" / self.pack

    @property
    def shop_phrases(self) -> Path:
        """Return the folder of the phrases that the shop brings with its data."""
        return self.pack_folder / "phrases"

    @property
    def phrase_folders(self) -> tuple[Path, Path]:
        """Return the folders of approved phrases: the house's, and the shop's."""
        return self.phrasebook / "approved", self.shop_phrases

    @property
    def url(self) -> str:
        """Return the gateway's base URL as seen from this machine."""
        host = "127.0.0.1" if self.host in ("0.0.0.0", "::") else self.host  # noqa: S104 - compared, not bound
        return f"http://{host}:{self.port}"

    def ensure_inner_ports(self) -> None:
        """Make sure at a start, not at the first turn, that engine and action server can be found.

        Raises:
            SettingsError: a port is neither set nor chosen.
        """
        _loopback(self.engine_port, "LIYAN_ENGINE_PORT")
        _loopback(self.actions_port, "LIYAN_ACTIONS_PORT")

    @property
    def engine_url(self) -> str:
        """Return the engine's base URL on loopback.

        Raises:
            SettingsError: its port is neither set nor chosen.
        """
        return _loopback(self.engine_port, "LIYAN_ENGINE_PORT")

    @property
    def actions_url(self) -> str:
        """Return the action server's base URL on loopback.

        Raises:
            SettingsError: its port is neither set nor chosen.
        """
        return _loopback(self.actions_port, "LIYAN_ACTIONS_PORT")


def _loopback(port: int | None, setting: str) -> str:
    if port is None:
        raise SettingsError(f"{setting} is not set: `make run` chooses a port; set it to start processes one by one")
    return f"http://127.0.0.1:{port}"


@lru_cache(maxsize=1)
def settings() -> Settings:
    """Read the settings once in a process.

    Raises:
        SettingsError: a variable holds what it cannot.
    """
    try:
        return Settings()
    except ValidationError as error:
        wrong = "; ".join(f"LIYAN_{str(one['loc'][0]).upper()}: {one['msg']}" for one in error.errors())
        raise SettingsError(f"{wrong} (docs/settings.md describes every setting)") from None
