"""The worksheet of a review: each statement beside what it rests on, with room for a reviewer's judgement."""
