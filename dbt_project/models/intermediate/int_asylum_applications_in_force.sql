{{ in_force('int_asylum_applications_history', 'asylum-applications') }}
