# The service: one container behind a load balancer on Fargate. This folder is yours: change what you like.
terraform {
  required_version = ">= 1.10"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 6.0"
    }
  }

  # Bucket, key and lock come from service.tfbackend: terraform init -backend-config=service.tfbackend
  backend "s3" {}
}

provider "aws" {
  region = var.region

  default_tags {
    tags = var.tags
  }
}

data "aws_region" "current" {}
data "aws_partition" "current" {}

resource "aws_ecs_cluster" "this" {
  name = var.name

  setting {
    name  = "containerInsights"
    value = var.container_insights ? "enabled" : "disabled"
  }
}

resource "aws_cloudwatch_log_group" "this" {
  name              = "/ecs/${var.name}"
  retention_in_days = var.log_retention_days
}

resource "aws_ecs_task_definition" "this" {
  family                   = var.name
  cpu                      = var.cpu
  memory                   = var.memory
  network_mode             = "awsvpc"
  requires_compatibilities = ["FARGATE"]
  execution_role_arn       = aws_iam_role.execution.arn
  task_role_arn            = aws_iam_role.task.arn

  # Older revisions stay: they are the way back.
  skip_destroy = true

  runtime_platform {
    operating_system_family = "LINUX"
    cpu_architecture        = var.architecture
  }

  container_definitions = jsonencode([{
    name         = var.container_name
    image        = var.image
    essential    = true
    portMappings = [{ containerPort = var.port, protocol = "tcp" }]

    # Fargate sets HOSTNAME to the name of the task, over what the image says: a server that binds to it, as that of
    # Next.js, would answer nobody. https://github.com/vercel/next.js/issues/58657
    environment = [
      for name, value in merge({ HOSTNAME = "0.0.0.0", PORT = tostring(var.port) }, var.environment) :
      { name = name, value = value }
    ]
    secrets = [for name, arn in var.secrets : { name = name, valueFrom = arn }]

    logConfiguration = {
      logDriver = "awslogs"
      options = {
        awslogs-group         = aws_cloudwatch_log_group.this.name
        awslogs-region        = data.aws_region.current.region
        awslogs-stream-prefix = var.container_name
      }
    }
  }])
}

resource "aws_ecs_service" "this" {
  name                    = var.name
  cluster                 = aws_ecs_cluster.this.id
  task_definition         = aws_ecs_task_definition.this.arn
  desired_count           = var.min_tasks
  launch_type             = "FARGATE"
  enable_ecs_managed_tags = true
  propagate_tags          = "SERVICE"

  # New tasks first, all of them at once; the old ones leave when the new ones are healthy.
  deployment_minimum_healthy_percent = 100
  deployment_maximum_percent         = 200
  health_check_grace_period_seconds  = var.grace_seconds

  deployment_circuit_breaker {
    enable   = true
    rollback = true
  }

  network_configuration {
    subnets          = local.task_subnet_ids
    security_groups  = [aws_security_group.task.id]
    assign_public_ip = local.public
  }

  load_balancer {
    target_group_arn = aws_lb_target_group.this.arn
    container_name   = var.container_name
    container_port   = var.port
  }

  # ECS refuses a target group that no listener uses.
  depends_on = [aws_lb_listener.http, aws_lb_listener.https, aws_iam_role_policy_attachment.execution]

  lifecycle {
    # Who registers revisions and puts them into the service: with task_definition in this list the deployer
    # (lading deploy), without it Terraform. Autoscaling sets the count.
    ignore_changes = [task_definition, desired_count]
  }
}
