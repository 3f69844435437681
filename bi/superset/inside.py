"""What has to be done inside Superset: its database, its administrator, the import.

Run by `run.py` with the Python of Superset's environment. The bundles and the password come by standard
input as JSON, so that they are in no command line and no file. The last line of the output is JSON, too.
"""

from __future__ import annotations

import json
import sys

from flask_migrate import upgrade
from superset.app import create_app


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
