SELECT DISTINCT day FROM rematches WHERE provider_id = %(provider)s AND status = 'due'
