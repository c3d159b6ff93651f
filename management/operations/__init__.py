"""Operations: kept in a database, run one at a time, told as they go."""
