SELECT key, sha256, status, reason FROM uploads WHERE provider_id = %(provider)s AND bucket = %(bucket)s ORDER BY key
