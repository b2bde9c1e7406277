import { type TextFamily, api, container, guide, refused, stopped } from "./text-family.ts";

const EXITED = "Essential container in task exited";

/** What happens to tasks that ran, and failures of AWS itself, after the wording of the pages beside them. */
export const furtherTextsOfStops: readonly TextFamily[] = [
  {
    class: "platform",
    retry: "yes",
    source: `${guide}/task-maintenance.html, ${guide}/failed-to-start-error.html, ${guide}/stopped-task-error-codes.html`,
    texts: [
      stopped(
        "ServiceSchedulerInitiated",
        "ECS is performing maintenance on the underlying infrastructure hosting the task.",
      ),
      stopped(
        "TerminationNotice",
        "ECS is performing maintenance on the underlying infrastructure hosting the task",
      ),
      stopped("InfrastructureHealth", "The underlying infrastructure became unhealthy"),
      "Task is being stopped because of a platform version retirement",
      "Timeout waiting for EphemeralStorage provisioning to complete.",
      "InternalError: The agent could not start the task",
      "TaskFailedToStart: InternalError: Internal error",
      "Task provisioning failed.",
      container(
        "ContainerRuntimeTimeoutError: Could not transition to running; timed out after waiting 1m0s",
      ),
      container(
        "ContainerRuntimeError: failed to create container runtime task: rpc error: code = Unavailable desc = transport is closing",
      ),
      container("DockerTimeoutError: Could not transition to created; timed out after waiting 4m0s"),
      container(
        "CannotCreateContainerError: API error (500): devmapper: Thin Pool has 4350 free data blocks which is less than minimum required 4454 free data blocks",
      ),
      container("DockerStateError: the container has died while starting"),
      container(
        "CannotInspectContainerError: Could not transition to inspecting; timed out after waiting 30s",
      ),
      container("CannotStopContainerError: failed sending SIGTERM to container: context deadline exceeded"),
      stopped("UserInitiated", "START_TIMEOUT: the task did not start in time"),
      stopped("UserInitiated", "TASK_WITHOUT_RUN: its run is over, or has another task"),
      "Host EC2 (instance i-0123456789abcdef0) stopped.",
      "Host EC2 (instance i-0123456789abcdef0) terminated.",
      "Container instance deregistration forced by user",
      "Container instance i-1 became unavailable: agent disconnected",
      refused("ServerException", "Service Unavailable. Please try again later."),
      refused(
        "ServiceUnavailableException",
        "The request has failed due to a temporary failure of the server.",
      ),
      refused(
        "InternalFailure",
        "The request processing has failed because of an unknown error, exception or failure.",
      ),
      refused("UnknownError", "503 Service Unavailable: no healthy upstream"),
      refused("InternalServerException", "Internal server error"),
    ],
  },
  {
    class: "spot-interruption",
    retry: "yes",
    source: `${guide}/fargate-capacity-providers.html and https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/spot-instance-termination-notices.html`,
    texts: [
      "Your Spot Task was interrupted.",
      stopped("SpotInterruption", "Your Spot Task was interrupted.", 143),
      stopped("SpotInterruption", "", 0),
      "SpotInterruptionError: the Spot capacity was taken back",
      "Task stopped because of an EC2 Spot Instance interruption notice",
      "Host EC2 (instance i-0123456789abcdef0) terminated: the Spot Instance was reclaimed.",
      "Spot Instance interruption: instance-terminated-no-capacity",
      "Server.SpotInstanceTermination: Spot instance termination",
    ],
  },
  {
    class: "out-of-memory",
    retry: "bigger",
    source: `${guide}/stopped-task-error-codes.html`,
    texts: [
      container("OutOfMemoryError: Container killed due to memory usage", 137),
      container("outofmemoryerror: container killed due to memory usage", 0),
      container("OutOfMemoryError: Container killed due to memory usage", 2),
      container("OutOfMemoryError: Container killed due to memory usage"),
      stopped("EssentialContainerExited", "OutOfMemory: Container killed due to memory usage", 137),
      container("OutOfMemoryError: container killed due to high memory usage", 255),
    ],
  },
  {
    class: "cancelled",
    retry: "no",
    source: "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_StopTask.html",
    texts: [
      stopped("UserInitiated", "Task stopped by user", 143),
      stopped("UserInitiated", "Stopped by deploy script", 0),
      stopped("UserInitiated", "Cancelled by the operator: wrong input"),
      stopped("UserInitiated", ""),
      stopped("UserInitiated", "superseded by a newer run"),
      stopped("UserInitiated", "JOB_CANCELLED: cancelled by a person"),
      "Task stopped by user",
      stopped("UserInitiated", "Pool management: task recycled or pool at capacity", 137),
      stopped("UserInitiated", "Stopped for maintenance of our database"),
      stopped("UserInitiated", "recieved a ^C"),
      stopped("UserInitiated", "Terminated due to error"),
      stopped("UserInitiated", "Sandbox terminated by server"),
      stopped("UserInitiated", "Emergency cost shutdown"),
      stopped("UserInitiated", "verificaci\u00f3n terminada"),
      stopped("UserInitiated", "Image limit of the session reached"),
    ],
  },
  {
    class: "timeout",
    retry: "no",
    source:
      "https://docs.aws.amazon.com/batch/latest/userguide/job_timeouts.html and reasons that tools give to StopTask",
    texts: [
      stopped("UserInitiated", "Task exceeded maximum runtime of 3600 seconds", 137),
      stopped("UserInitiated", "Timed out after 60 minutes"),
      stopped("UserInitiated", "Job timeout reached"),
      stopped("UserInitiated", "Stopping task: exceeded time limit"),
      "Job attempt duration exceeded timeout",
      stopped("UserInitiated", "max duration of 2h reached"),
      stopped("UserInitiated", "demo auto-cleanup: window deadline reached"),
      stopped("UserInitiated", "Orphaned for 45 minutes"),
    ],
  },
  {
    class: "scaling",
    retry: "no",
    source: `${guide}/service-event-messages-list.html`,
    texts: [
      stopped(
        "ServiceSchedulerInitiated",
        "Scaling activity initiated by (deployment ecs-svc/1234567890123456789)",
      ),
      stopped(
        "ServiceSchedulerInitiated",
        "Scaling activity initiated by deployment ecs-svc/0000000000000000000",
        0,
      ),
      stopped(
        "ServiceSchedulerInitiated",
        "Task failed ELB health checks in (target-group arn:aws:elasticloadbalancing:us-east-1:1:targetgroup/t/1)",
        137,
      ),
      stopped("ServiceSchedulerInitiated", "Task failed container health checks", 143),
      "Task failed container health checks",
      "(service web) (port 8080) is unhealthy in (target-group arn:1) due to (reason Request timed out)",
      "(service web) (task 0123) failed container health checks.",
      stopped(
        "ServiceSchedulerInitiated",
        "Amazon ECS service deployment ecs-svc/1 was rolled back by the deployment circuit breaker",
      ),
      stopped(
        "ServiceSchedulerInitiated",
        "Availability Zone rebalancing initiated by (deployment ecs-svc/1)",
      ),
      "Scaling activity initiated by (deployment ecs-svc/1)",
    ],
  },
  {
    class: "application",
    retry: "no",
    source: "https://tldp.org/LDP/abs/html/exitcodes.html",
    texts: [1, 2, 126, 127, 134, 139, 143, 255].map((code) =>
      stopped("EssentialContainerExited", EXITED, code),
    ),
  },
  {
    class: "application",
    retry: "no",
    alt: ["out-of-memory", "unknown"],
    retryAlt: ["bigger", "yes"],
    source: `${guide}/stopped-task-error-codes.html`,
    texts: [stopped("EssentialContainerExited", EXITED, 137)],
  },
  {
    class: "application",
    retry: "yes",
    source: "sysexits.h, EX_TEMPFAIL",
    texts: [stopped("EssentialContainerExited", EXITED, 75)],
  },
  {
    class: "application",
    retry: "no",
    alt: ["configuration"],
    source: `${guide}/task_definition_parameters.html#container_definition_dependson`,
    texts: [
      container(
        "CannotStartContainerError: dependency container migrate did not complete successfully, exited with non-zero status",
      ),
    ],
  },
  {
    class: "configuration",
    retry: "no",
    source: `${guide}/troubleshoot-ebs-volumes-scenarios.html`,
    texts: [
      "ECS failed to create the EBS volume: InvalidSnapshot.NotFound: The snapshot 'snap-1' does not exist.",
    ],
  },
  {
    class: "configuration",
    retry: "no",
    source: `${guide}/http_proxy_config.html`,
    texts: ["tunneling socket could not be established, statusCode=407", "Proxy Authentication Required"],
  },
  {
    class: "configuration",
    retry: "no",
    source: `${api}/API_TaskOverride.html`,
    texts: [refused("ClientException", "Container definition 'web' exceeds the size limit of 64 KiB.")],
  },
  {
    class: "succeeded",
    retry: "no",
    source: `${guide}/stopped-task-error-codes.html`,
    texts: [stopped("EssentialContainerExited", EXITED, 0)],
  },
  {
    class: "unknown",
    retry: "yes",
    source: "no page: texts that nobody has met",
    texts: [
      "",
      stopped("EssentialContainerExited", EXITED),
      "The flux compensator is out of tune",
      stopped("BrandNewStopCode", "Something else"),
      refused("BrandNewException", "Never seen before"),
      container("Zxcv"),
    ],
  },
];
