"""The engine's side of a dialogue: the channel to the gateway, the turn, the choice of phrases."""
