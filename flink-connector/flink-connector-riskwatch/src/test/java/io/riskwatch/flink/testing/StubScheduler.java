package io.riskwatch.flink.testing;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** An HTTP server in the scheduler's place: it answers as it is told and remembers what it was asked. */
public final class StubScheduler implements AutoCloseable {

    /** One request. */
    public record Call(JsonNode task, Map<String, List<String>> headers) {

        public String taskId() {
            return task.path("taskId").asText();
        }

        /** The only value of a header, or null. */
        public String header(String name) {
            return headers.entrySet().stream()
                    .filter(entry -> entry.getKey().equalsIgnoreCase(name))
                    .map(entry -> entry.getValue().get(0))
                    .findFirst()
                    .orElse(null);
        }
    }

    /** One answer. */
    public record Answer(int status, String body, Map<String, String> headers) {

        public static Answer status(int status) {
            return new Answer(status, "", Map.of());
        }

        public static Answer assessed(Call call) {
            return new Answer(200, "{\"requestId\":\"" + call.taskId() + "\",\"status\":\"succeeded\"}", Map.of());
        }
    }

    /** What to answer; may block. */
    public interface Behaviour {
        Answer answer(Call call, int number) throws Exception;
    }

    private final List<Call> calls = new CopyOnWriteArrayList<>();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final HttpServer server;

    /** @param behaviour is given each request and its number, from 1 */
    public StubScheduler(Behaviour behaviour) {
        this(0, behaviour);
    }

    public StubScheduler(int port, Behaviour behaviour) {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.setExecutor(threads);
        server.createContext("/v1/assessments", exchange -> handle(exchange, behaviour));
        server.start();
    }

    private void handle(HttpExchange exchange, Behaviour behaviour) throws IOException {
        try (exchange) {
            Call call;
            int number;
            JsonNode task = Contract.parse(exchange.getRequestBody().readAllBytes());
            synchronized (calls) {
                call = new Call(task, Map.copyOf(exchange.getRequestHeaders()));
                calls.add(call);
                number = calls.size();
            }
            Answer answer = behaviour.answer(call, number);
            byte[] body = answer.body().getBytes(StandardCharsets.UTF_8);
            answer.headers().forEach(exchange.getResponseHeaders()::set);
            exchange.sendResponseHeaders(answer.status(), body.length == 0 ? -1 : body.length);
            exchange.getResponseBody().write(body);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    public int port() {
        return server.getAddress().getPort();
    }

    public URI endpoint() {
        return URI.create("http://127.0.0.1:" + port() + "/v1/assessments");
    }

    public List<Call> calls() {
        return List.copyOf(calls);
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
