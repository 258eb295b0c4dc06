locals {
  assumed_by_tasks = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "ecs-tasks.amazonaws.com" }
    }]
  })
}

# What ECS does for a task before it runs: pull the image, write the log, read the secrets.
resource "aws_iam_role" "execution" {
  name                 = "${var.name}-exec"
  description          = "ECS starts the tasks of ${var.name} with it"
  assume_role_policy   = local.assumed_by_tasks
  permissions_boundary = var.permissions_boundary
}

resource "aws_iam_role_policy_attachment" "execution" {
  role       = aws_iam_role.execution.name
  policy_arn = "arn:${data.aws_partition.current.partition}:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy"
}

resource "aws_iam_role_policy" "secrets" {
  count = length(var.secrets) == 0 ? 0 : 1

  name = "secrets"
  role = aws_iam_role.execution.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect = "Allow"
      Action = ["secretsmanager:GetSecretValue", "ssm:GetParameters"]
      # A value of a secret may be named behind its ARN, as ARN:key::, and the permission is on the secret.
      Resource = distinct([for arn in values(var.secrets) : join(":", slice(split(":", arn), 0, min(7, length(split(":", arn)))))])
    }]
  })
}

# What the app itself may do: nothing, until you say so.
resource "aws_iam_role" "task" {
  name                 = "${var.name}-task"
  description          = "The app of ${var.name} has it"
  assume_role_policy   = local.assumed_by_tasks
  permissions_boundary = var.permissions_boundary
}
