"""What has to be done inside Superset: its database, its administrator, the import.

Run by `run.py` with the Python of Superset's environment. The bundles and the password come by
standard input as JSON, so that they are in no command line and no file. The last line of the output
is JSON, too.
"""

from __future__ import annotations

import json
import sys

from alembic.migration import MigrationContext
from alembic.operations import Operations
from flask_migrate import upgrade
from sqlalchemy import inspect
from sqlalchemy.engine import Engine
from superset.app import create_app


def _allow_one_name_in_two_databases(engine: Engine) -> None:
    """Superset's own migrations do so and fail to on SQLite, where the constraint has no name."""
    unique = inspect(engine).get_unique_constraints("tables")
    if not any(one["column_names"] == ["table_name"] for one in unique):
        return
    with engine.begin() as con:
        operations = Operations(MigrationContext.configure(con))
        names = {"uq": "uq_%(table_name)s_%(column_0_name)s"}
        with operations.batch_alter_table("tables", naming_convention=names) as table:
            table.drop_constraint("uq_tables_table_name", type_="unique")


def main() -> None:
    """Bring the metadata database up to date, make the administrator, import every bundle."""
    given = json.load(sys.stdin)
    app = create_app()
    with app.app_context():
        # Not before there is an app: these modules read its configuration.
        from superset import appbuilder, db, security_manager  # noqa: PLC0415
        from superset.commands.importers.v1.assets import ImportAssetsCommand  # noqa: PLC0415
        from superset.models.dashboard import Dashboard  # noqa: PLC0415
        from superset.utils.core import override_user  # noqa: PLC0415

        if given["migrate"]:
            upgrade()
            db.session.remove()  # SQLite is locked while a session reads.
            _allow_one_name_in_two_databases(db.engine)
            appbuilder.add_permissions(update_perms=True)  # As `superset init` does.
            security_manager.sync_role_definitions()
        admin = security_manager.find_user("admin")
        if admin is None:
            admin = security_manager.add_user(
                username="admin",
                first_name="Administrator",
                last_name="of Superset",
                email="admin@localhost",
                role=security_manager.find_role("Admin"),
                password=given["password"],
            )
            if not admin:
                raise RuntimeError("Superset did not make the user admin; its log says why.")
        with override_user(admin):
            for bundle in given["bundles"]:
                ImportAssetsCommand(bundle).run()
        slugs = [slug for (slug,) in db.session.query(Dashboard.slug).order_by(Dashboard.slug)]
    json.dump({"dashboards": slugs}, sys.stdout)


if __name__ == "__main__":
    main()
