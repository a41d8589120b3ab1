package io.proa.app.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.proa.app.Fault;
import io.proa.app.Sysexit;
import io.proa.control.intent.HealthCheck;
import io.proa.control.intent.Program;
import io.proa.control.intent.RestartPolicy;
import io.proa.control.intent.StartCondition;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// From documents to what the launcher is told to do.
final class FleetDocumentTest {
    private static final String HEAD =
            "apiVersion: proa.io/v1alpha1\nkind: Fleet\nmetadata: {name: local}\nspec:\n";

    @TempDir private Path folder;

    private Path write(String name, String spec) throws IOException {
        return Files.writeString(folder.resolve(name), HEAD + spec);
    }

    @Test
    void planHasAllThatTheDocumentsSay() throws IOException {
        Files.writeString(folder.resolve("web.env"), "A=file\nB=file\n");
        Path file =
                write(
                        "fleet.yaml",
                        """
                          services:
                          - name: web
                            command: [./web]
                            cwd: web
                            env: {B: own}
                            envFrom: [web.env]
                            user: 1000:100
                            ports: [{port: 80, targetPort: 8080}, {port: 90}]
                            publish: [8000, "9000:90"]
                            startAfter: [migrate, {service: db, condition: started}]
                            healthCheck: {http: {path: /ok}, interval: 1s}
                            restart: Always
                            drain: 3s
                          - {name: migrate, command: [./migrate]}
                          - {name: db, command: [./db], port: 5432}
                        """);
        FleetPlan plan = FleetDocument.read(file).plan();
        assertThat(plan.documents()).containsExactly(file);
        FleetPlan.Service web = plan.services().getLast();
        assertThat(web.port()).isEqualTo(8080);
        assertThat(web.folder()).isEqualTo(folder.resolve("web"));
        assertThat(web.environment()).containsEntry("A", "file").containsEntry("B", "own");
        assertThat(web.startAfter())
                .containsExactly(
                        new FleetPlan.StartAfter("migrate", StartCondition.COMPLETED),
                        new FleetPlan.StartAfter("db", StartCondition.STARTED));
        assertThat(web.published())
                .containsExactly(
                        new FleetPlan.PublishedPort(8000, 80, 8080),
                        new FleetPlan.PublishedPort(9000, 90, 90));
        assertThat(web.care())
                .isEqualTo(
                        new FleetPlan.Care(
                                new HealthCheck(
                                        new HealthCheck.Probe.Http("/ok", 8080),
                                        Duration.ofSeconds(1),
                                        Duration.ofSeconds(1),
                                        3,
                                        Duration.ofSeconds(30)),
                                RestartPolicy.ALWAYS,
                                new Program.User("1000", 100),
                                Duration.ofSeconds(3)));
        assertThat(plan.services())
                .filteredOn(FleetPlan.Service::isJob)
                .extracting(FleetPlan.Service::name)
                .containsExactly("migrate");
        assertThat(plan.services().getFirst().care()).isEqualTo(FleetPlan.Care.DEFAULT);
    }

    @Test
    void documentsOfOneNameAreOnePlan() throws IOException {
        Path base = write("base.yaml", "  services: []\n");
        Path joined = folder.resolve("joined");
        assertThat(FleetDocument.read(List.of(base, joined), Mode.TRANSPARENT).plan().services())
                .isEmpty();
        Files.createDirectory(joined);
        write("joined/web.yaml", "  services: [{name: web, command: x}]\n");
        FleetPlan plan = FleetDocument.read(List.of(base, joined), Mode.TRANSPARENT).plan();
        assertThat(plan.documents()).containsExactly(base, joined);
        assertThat(plan.document()).isEqualTo(base);
        assertThat(plan.services()).extracting(FleetPlan.Service::name).containsExactly("web");
    }

    @Test
    void aMissingFileIsAnotherFaultThanABadOne() throws IOException {
        Path base = write("base.yaml", "  services: []\n");
        assertThatThrownBy(() ->
                        FleetDocument.read(
                                List.of(base, folder.resolve("policies.yaml")), Mode.TRANSPARENT))
                .isInstanceOfSatisfying(
                        Fault.class, fault -> assertThat(fault.exit()).isEqualTo(Sysexit.NO_INPUT));
        Path bad = write("bad.yaml", "  service: []\n");
        assertThatThrownBy(() -> FleetDocument.read(bad))
                .isInstanceOfSatisfying(
                        Fault.class, fault -> assertThat(fault.exit()).isEqualTo(Sysexit.DATA))
                .hasMessageContaining("did you mean 'services'?");
    }

    @Test
    void otherPublishedPortsLeadToWhereTheProgramListens() throws IOException {
        Path file =
                write(
                        "fleet.yaml",
                        "  services: [{name: a, command: x, ports: [{port: 80, targetPort: 8080}], publish: 1}]\n");
        FleetPlan.Service service = FleetDocument.read(file).plan().services().getFirst();
        assertThat(service.withPublished(List.of(2, 3)).published())
                .extracting(FleetPlan.PublishedPort::hostPort, FleetPlan.PublishedPort::targetPort)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple(2, 8080),
                        org.assertj.core.groups.Tuple.tuple(3, 8080));
    }
}
