"""The stack's file: changed with its comments kept, previewed, written whole or not at all."""
