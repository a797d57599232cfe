package dev.adze.agent.serve;

/** Why a request has no answer; the message is one line for the one who asked. */
final class Refusal extends Exception {
    private static final long serialVersionUID = 1;

    enum Why {
        /** The request makes no sense to this model. */
        INVALID(400),
        /** No such model, version or path. */
        NOT_FOUND(404),
        /** Another HTTP method than the path takes. */
        METHOD(405),
        /** A body in a content encoding that is not known. */
        ENCODING(415),
        /** More than the server takes on at once: ask again later. */
        OVERLOADED(429),
        /** The model failed. */
        FAILED(500),
        /** The server is ending. */
        STOPPING(503);

        private final int http;

        Why(int http) {
            this.http = http;
        }

        int http() {
            return http;
        }
    }

    private final Why why;

    Refusal(Why why, String message) {
        super(message, null, false, false);
        this.why = why;
    }

    Why why() {
        return why;
    }
}
