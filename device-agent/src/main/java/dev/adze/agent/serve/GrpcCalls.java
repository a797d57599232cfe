package dev.adze.agent.serve;

import dev.adze.agent.serve.ProtoProtocol.Parsed;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.Status;

/** How calls are answered. Handlers run on the transport's threads and never wait; answers come from the model's. */
final class GrpcCalls {
    private final ServedModel model;
    private final InferenceQueue queue;

    GrpcCalls(ServedModel model, InferenceQueue queue) {
        this.model = model;
        this.queue = queue;
    }

    interface Reply {
        byte[] to(byte[] message) throws Refusal;
    }

    private static Status status(Refusal refusal) {
        return (switch (refusal.why()) {
            case INVALID, METHOD, ENCODING -> Status.INVALID_ARGUMENT;
            case NOT_FOUND -> Status.NOT_FOUND;
            case OVERLOADED -> Status.RESOURCE_EXHAUSTED;
            case FAILED -> Status.INTERNAL;
            case STOPPING -> Status.UNAVAILABLE;
        }).withDescription(refusal.getMessage());
    }

    ServerCallHandler<byte[], byte[]> unary(Reply reply) {
        return (call, _) -> new OneMessage(call) {
            @Override
            void message(byte[] message) throws Refusal {
                finish(reply.to(message));
            }
        };
    }

    private Parsed read(byte[] message) throws Refusal {
        try {
            return ProtoProtocol.request(message, model);
        } catch (Refusal e) {
            queue.refusedUnread();
            throw e;
        }
    }

    ServerCallHandler<byte[], byte[]> infer() {
        return (call, _) -> new OneMessage(call) {
            @Override
            void message(byte[] message) throws Refusal {
                Parsed parsed = read(message);
                queue.submit(parsed.request(), new InferenceQueue.Answered() {
                    @Override
                    public void answer(InferAnswer answer) {
                        finish(ProtoProtocol.answer(parsed, answer, model));
                    }

                    @Override
                    public void refuse(Refusal refusal) {
                        refused(refusal);
                    }
                });
            }
        };
    }

    /** One message in, one out. */
    private abstract static class OneMessage extends ServerCall.Listener<byte[]> {
        private final ServerCall<byte[], byte[]> call;
        private byte[] received;
        private boolean closed;

        OneMessage(ServerCall<byte[], byte[]> call) {
            this.call = call;
            call.request(2); // a second one would be an error, which the library tells
        }

        abstract void message(byte[] message) throws Refusal;

        @Override
        public void onMessage(byte[] message) {
            received = message;
        }

        @Override
        public void onHalfClose() {
            if (received == null) {
                close(Status.INVALID_ARGUMENT.withDescription("a call without a message"));
                return;
            }
            try {
                message(received);
            } catch (Refusal e) {
                refused(e);
            }
        }

        synchronized void finish(byte[] answer) {
            if (!closed && !call.isCancelled()) {
                call.sendHeaders(new Metadata());
                call.sendMessage(answer);
                close(Status.OK);
            }
        }

        void refused(Refusal refusal) {
            close(status(refusal));
        }

        private synchronized void close(Status status) {
            if (!closed && !call.isCancelled()) {
                closed = true;
                call.close(status, new Metadata());
            }
        }

        @Override
        public synchronized void onCancel() {
            closed = true;
        }
    }

    ServerCallHandler<byte[], byte[]> streamInfer() {
        return (call, _) -> new Stream(call);
    }

    /** Requests one after the other: the next is taken when the one before is answered and the answer has found room. */
    private final class Stream extends ServerCall.Listener<byte[]> {
        private final ServerCall<byte[], byte[]> call;
        private boolean underWay;
        private boolean wanted = true;
        private boolean ended;
        private boolean closed;

        Stream(ServerCall<byte[], byte[]> call) {
            this.call = call;
            call.sendHeaders(new Metadata());
            call.request(1);
        }

        @Override
        public void onMessage(byte[] message) {
            synchronized (this) {
                underWay = true;
                wanted = false;
            }
            try {
                Parsed parsed = read(message);
                queue.submit(parsed.request(), new InferenceQueue.Answered() {
                    @Override
                    public void answer(InferAnswer answer) {
                        send(ProtoProtocol.streamAnswer(parsed, answer, model));
                    }

                    @Override
                    public void refuse(Refusal refusal) {
                        send(ProtoProtocol.streamError(refusal.why() + ": " + refusal.getMessage()));
                    }
                });
            } catch (Refusal e) {
                send(ProtoProtocol.streamError(e.why() + ": " + e.getMessage()));
            }
        }

        private synchronized void send(byte[] answer) {
            underWay = false;
            if (closed || call.isCancelled()) {
                return;
            }
            call.sendMessage(answer);
            if (ended) {
                close();
            } else {
                goOn();
            }
        }

        private void goOn() {
            if (!underWay && !wanted && call.isReady()) {
                wanted = true;
                call.request(1);
            }
        }

        @Override
        public synchronized void onReady() {
            if (!closed) {
                goOn();
            }
        }

        @Override
        public synchronized void onHalfClose() {
            ended = true;
            if (!underWay && !closed) {
                close();
            }
        }

        private void close() {
            closed = true;
            call.close(Status.OK, new Metadata());
        }

        @Override
        public synchronized void onCancel() {
            closed = true;
        }
    }
}
