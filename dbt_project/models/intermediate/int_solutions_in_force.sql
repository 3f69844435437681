{{ in_force('int_solutions_history', 'solutions') }}
