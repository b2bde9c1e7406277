import { definePipelines } from "#core/pipelines/define-pipelines.ts";

/** Every option of every kind, each at least once: for the template and for cfn-lint, not for running. */
export const pipelines = definePipelines({
  scans: {
    source: {
      type: "upload",
      prefix: "scans/",
      suffixes: [".tif", ".pdf"],
      backfill: true,
      emptyFiles: "skip",
    },
    task: "media",
    build: { dockerfile: "tasks/media/Dockerfile" },
    size: { cpu: 2048, memoryMiB: 8192 },
    maxSize: { cpu: 4096, memoryMiB: 16_384 },
    architecture: "X86_64",
    ephemeralStorageGiB: 100,
    priority: "high",
    pack: { maxJobs: 25, maxBytes: 1024 ** 3, maxSeconds: 900, windowSeconds: 2 },
    retry: { attempts: 5, backoffSeconds: 10, maxBackoffSeconds: 600 },
    timeout: { jobSeconds: 300, runSeconds: 7200, startSeconds: 900 },
    capacity: {
      type: "weighted",
      weights: { onDemand: 1, spot: 3 },
      maxTasks: 20,
      launchesPerSecond: 0.5,
    },
    guard: { runsPerDay: 500, usdPerDay: 20 },
    onOverwrite: "newest-only",
    maxHops: 1,
    environment: { LANGUAGE: "de" },
    secrets: {
      API_KEY: "ssm:/shop/{stage}/api-key",
      PASSWORD: "secretsmanager:shop-{stage}/database#password",
      TOKEN: "secretsmanager:shop-{stage}/token",
    },
    role: [
      {
        actions: ["rekognition:DetectLabels"],
        resources: ["*"],
      },
      {
        actions: ["sns:Publish"],
        resources: ["arn:${AWS::Partition}:sns:${AWS::Region}:${AWS::AccountId}:shop-{stage}"],
      },
    ],
    volume: { name: "models", path: "/mnt/models", access: "read-only" },
    network: "private",
  },

  renders: {
    source: { type: "upload", prefix: "renders/", emptyFiles: "fail" },
    task: "media",
    capacity: { type: "ec2", instances: { type: "c7g.xlarge", most: 4, least: 1 } },
    volume: { name: "models", path: "/mnt/models" },
    environment: { QUALITY: "high" },
  },

  "dark-renders": {
    source: { type: "upload", prefix: "dark/" },
    task: "media",
    architecture: "X86_64",
    capacity: { type: "ec2", instances: { type: "m7i.large", most: 2 } },
    network: "private",
    volume: { name: "caches", path: "/mnt/caches" },
  },

  shipped: {
    source: { type: "upload", prefix: "shipped/" },
    image: "public.ecr.aws/docker/library/busybox:1.37",
    capacity: { type: "on-demand" },
    network: "existing",
  },

  /** The registry of another account, in another Region. */
  vended: {
    source: { type: "upload", prefix: "vended/" },
    image: "210987654321.dkr.ecr.eu-central-1.amazonaws.com/vendor/ocr:4.2",
    capacity: { type: "on-demand" },
  },

  web: {
    source: { type: "queue", reads: "scans/" },
    task: "page",
    capacity: { type: "weighted", weights: { onDemand: 1, spot: 1 } },
    worker: {
      min: 1,
      max: 8,
      jobsAtOnce: 2,
      backlogPerTask: 20,
      emptyMinutes: 5,
      visibilitySeconds: 120,
      cpuPercent: 60,
      memoryPercent: 70,
      requestsPerTask: 1000,
      steps: [
        { waiting: 100, addTasks: 1 },
        { waiting: 1000, addTasks: 4 },
      ],
      schedule: [
        { at: "cron(0 7 ? * MON-FRI *)", timeZone: "Europe/Berlin", min: 2 },
        { at: "cron(0 19 ? * MON-FRI *)", timeZone: "Europe/Berlin", min: 1 },
      ],
    },
    loadBalancer: {
      port: 8080,
      healthPath: "/health",
      from: ["203.0.113.0/24"],
      certificateArn: "arn:aws:acm:us-east-1:123456789012:certificate/12345678-1234-1234-1234-123456789012",
      signIn: {
        issuer: "https://login.example.com",
        authorizationEndpoint: "https://login.example.com/authorize",
        tokenEndpoint: "https://login.example.com/token",
        userInfoEndpoint: "https://login.example.com/userinfo",
        clientId: "slipway",
        clientSecret: "secretsmanager:shop-{stage}/sign-in#secret",
      },
    },
  },

  "plain-web": {
    source: { type: "queue" },
    task: "page",
    capacity: { type: "on-demand" },
    network: "private",
    volume: { name: "models", path: "/mnt/models", access: "read-only" },
    loadBalancer: { port: 8080, healthPath: "/health" },
  },

  nightly: {
    source: { type: "schedule", expression: "cron(0 3 * * ? *)", timeZone: "Europe/Berlin" },
    task: "media",
    overlap: "queue",
    priority: "low",
  },

  inventory: {
    source: { type: "schedule", expression: "rate(1 hour)" },
    task: "inventory",
    overlap: "skip",
  },
});
