package io.proa.app.training;

/// The mesh of a training run: one workload that calls itself.
final class TrainingMesh {
    static final String TRUST_DOMAIN = "training.proa";
    static final String IDENTITY = "spiffe://" + TRUST_DOMAIN + "/ns/default/sa/trainee";
    static final String HTTP_DESTINATION = "10.96.0.1:8080";
    static final String TCP_DESTINATION = "10.96.0.1:9000";

    private TrainingMesh() {}

    static String snapshot(int meshPort, TrainingBackend backend) {
        return """
        {
          "self": {
            "pod": "trainee-1", "identity": "%1$s", "addresses": ["127.0.0.1"],
            "ports": [
              {"service": "trainee", "port": 8080, "targetPort": %3$d, "protocol": "http"},
              {"service": "trainee", "port": 9000, "targetPort": %4$d, "protocol": "tcp"}
            ]
          },
          "services": [{
            "name": "trainee", "virtualAddresses": ["10.96.0.1"],
            "ports": [
              {"port": 8080, "targetPort": %3$d, "protocol": "http"},
              {"port": 9000, "targetPort": %4$d, "protocol": "tcp"}
            ],
            "endpoints": [
              {"pod": "trainee-1", "addresses": ["127.0.0.1"], "meshPort": %2$d, "identity": "%1$s"},
              {"pod": "trainee-2", "addresses": ["127.0.0.1"], "meshPort": %2$d, "identity": "%1$s"}
            ],
            "rules": [{
              "name": "default",
              "retry": {"maxAttempts": 3, "onStatuses": [503], "onPerTryTimeout": true, "perTryTimeout": "500ms"}
            }]
          }]
        }
        """
                .formatted(IDENTITY, meshPort, backend.httpPort(), backend.tcpPort());
    }
}
