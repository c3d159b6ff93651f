"""What the endpoints answer, as their OpenAPI document says it."""
