"""The throw-away PostgreSQL that other tests stand on."""

import psycopg
from postgres import PostgresServer


def test_each_database_is_new_and_empty(postgres: PostgresServer) -> None:
    first, second = postgres.database(), postgres.database()
    with psycopg.connect(first) as connection:
        connection.execute("CREATE TABLE things (name text)")
    with psycopg.connect(second) as connection:
        found = connection.execute("SELECT to_regclass('things')").fetchone()
    assert found == (None,)
