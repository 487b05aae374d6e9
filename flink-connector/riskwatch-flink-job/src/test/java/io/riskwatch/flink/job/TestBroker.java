package io.riskwatch.flink.job;

import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A real Apache Kafka (KRaft, one node) as a process of its own, for the tests of one class. */
final class TestBroker implements BeforeAllCallback, AfterAllCallback {

    private static final int RECORD_LIMIT = 2 * 1024 * 1024;
    private static final Duration READY_WITHIN = Duration.ofSeconds(60);

    private Path folder;
    private Process process;
    private String address;
    private KafkaProducer<byte[], byte[]> producer;
    private Admin admin;

    @Override
    public void beforeAll(ExtensionContext context) throws Exception {
        folder = Files.createTempDirectory("riskwatch-broker");
        int port = freePort();
        address = "127.0.0.1:" + port;
        Path properties = Files.writeString(folder.resolve("server.properties"), properties(port, freePort()));
        java("kafka.tools.StorageTool", "format", "-t", "MkU3OEVBNTcwNTJENDM2Qg", "-c", properties.toString()).waitFor();
        process = java("kafka.Kafka", properties.toString());
        Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));

        Map<String, Object> clients = Map.of("bootstrap.servers", address);
        admin = Admin.create(clients);
        admin.describeCluster().nodes().get(READY_WITHIN.toSeconds(), TimeUnit.SECONDS);
        producer = new KafkaProducer<>(Map.of("bootstrap.servers", address, "max.request.size", RECORD_LIMIT),
                new ByteArraySerializer(), new ByteArraySerializer());
    }

    @Override
    public void afterAll(ExtensionContext context) throws Exception {
        producer.close(Duration.ofSeconds(1));
        admin.close(Duration.ofSeconds(1));
        process.destroyForcibly().waitFor();
        try (Stream<Path> files = Files.walk(folder)) {
            files.sorted((a, b) -> b.compareTo(a)).forEach(file -> file.toFile().delete());
        }
    }

    String address() {
        return address;
    }

    void createTopics(int partitions, String... names) throws Exception {
        List<NewTopic> topics = new ArrayList<>();
        for (String name : names) {
            topics.add(
                    new NewTopic(name, partitions, (short) 1)
                            .configs(Map.of("max.message.bytes", Integer.toString(RECORD_LIMIT))));
        }
        admin.createTopics(topics).all().get();
    }

    void send(ProducerRecord<byte[], byte[]> record) throws Exception {
        producer.send(record).get();
    }

    /** Offsets that a group has committed, summed over a topic's partitions. */
    long committed(String group) throws Exception {
        return admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata().get().values().stream()
                .mapToLong(offset -> offset.offset())
                .sum();
    }

    /** Reads a topic from its beginning until there are that many records, and a little longer for one too many. */
    List<ConsumerRecord<byte[], byte[]>> read(String topic, int expected) {
        List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
        Map<String, Object> options =
                Map.of(
                        "bootstrap.servers", address,
                        ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, RECORD_LIMIT,
                        ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(options, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            List<TopicPartition> partitions =
                    consumer.partitionsFor(topic).stream()
                            .map(info -> new TopicPartition(topic, info.partition()))
                            .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
            while (records.size() < expected && System.nanoTime() < deadline) {
                consumer.poll(Duration.ofMillis(200)).forEach(records::add);
            }
            consumer.poll(Duration.ofMillis(300)).forEach(records::add);
        }
        return records;
    }

    private Process java(String... arguments) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-Xms64m", "-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
        command.addAll(List.of("-cp", System.getProperty("riskwatch.broker-lib") + "/*"));
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(folder.resolve("broker.log").toFile()))
                .start();
    }

    private String properties(int port, int controllerPort) {
        return String.join(
                "\n",
                "process.roles=broker,controller",
                "node.id=1",
                "controller.quorum.voters=1@127.0.0.1:" + controllerPort,
                "controller.listener.names=CONTROLLER",
                "listeners=PLAINTEXT://127.0.0.1:" + port + ",CONTROLLER://127.0.0.1:" + controllerPort,
                "listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
                "inter.broker.listener.name=PLAINTEXT",
                "log.dirs=" + folder.resolve("data").toString().replace("\\", "/"),
                "auto.create.topics.enable=false",
                "offsets.topic.num.partitions=1",
                "offsets.topic.replication.factor=1",
                "message.max.bytes=" + RECORD_LIMIT,
                "log.cleaner.dedupe.buffer.size=2097152",
                "log.index.size.max.bytes=1048576",
                "controlled.shutdown.enable=false",
                "");
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
