# Run it with: terraform test. Nothing is made at AWS.
mock_provider "aws" {
  mock_data "aws_subnets" {
    defaults = {
      ids = ["subnet-a", "subnet-b"]
    }
  }
}

variables {
  name  = "web"
  image = "123456789012.dkr.ecr.eu-central-1.amazonaws.com/web@sha256:0000000000000000000000000000000000000000000000000000000000000000"
}

run "autoscaling_is_for_more_than_one_count" {
  command = plan

  variables {
    min_tasks = 2
    max_tasks = 2
  }

  assert {
    condition     = aws_ecs_service.this.desired_count == 2 && length(aws_appautoscaling_target.this) == 0
    error_message = "a fixed count needs no autoscaling"
  }
}

run "a_failed_rollout_is_rolled_back" {
  command = plan

  assert {
    condition     = one(aws_ecs_service.this.deployment_circuit_breaker).enable && one(aws_ecs_service.this.deployment_circuit_breaker).rollback
    error_message = "the circuit breaker must roll back"
  }
}

run "the_target_group_is_attached" {
  command = apply

  assert {
    condition     = one(aws_ecs_service.this.load_balancer).target_group_arn == aws_lb_target_group.this.arn
    error_message = "the service must register its tasks with the target group"
  }

  assert {
    condition     = one(aws_lb_listener.http.default_action).target_group_arn == aws_lb_target_group.this.arn
    error_message = "the listener must send to the target group"
  }
}

run "ports_and_health_path_reach_all_that_need_them" {
  command = plan

  variables {
    port        = 8080
    health_path = "/well"
  }

  assert {
    condition     = aws_lb_target_group.this.port == 8080 && one(aws_lb_target_group.this.health_check).path == "/well"
    error_message = "the target group has another port or path"
  }

  assert {
    condition     = one(aws_ecs_service.this.load_balancer).container_port == 8080
    error_message = "the service has another port"
  }

  assert {
    condition     = aws_vpc_security_group_ingress_rule.task.from_port == 8080 && aws_vpc_security_group_egress_rule.balancer.to_port == 8080
    error_message = "the security groups let another port through"
  }
}

run "a_server_that_binds_to_hostname_answers" {
  command = apply

  assert {
    condition     = contains(jsondecode(aws_ecs_task_definition.this.container_definitions)[0].environment, { name = "HOSTNAME", value = "0.0.0.0" })
    error_message = "HOSTNAME must be 0.0.0.0 in the task definition"
  }
}

run "only_the_load_balancer_reaches_the_tasks" {
  command = apply

  assert {
    condition     = aws_vpc_security_group_ingress_rule.task.cidr_ipv4 == null && aws_vpc_security_group_ingress_rule.task.referenced_security_group_id == aws_security_group.balancer.id
    error_message = "tasks must admit the load balancer alone"
  }
}

run "without_a_certificate_it_is_http" {
  command = plan

  assert {
    condition     = one(aws_lb_listener.http.default_action).type == "forward" && length(aws_lb_listener.https) == 0 && length(aws_vpc_security_group_ingress_rule.https) == 0
    error_message = "HTTP must be served, and HTTPS closed"
  }
}

run "with_a_certificate_http_is_redirected" {
  command = plan

  variables {
    certificate_arn = "arn:aws:acm:eu-central-1:123456789012:certificate/0"
  }

  assert {
    condition     = one(aws_lb_listener.http.default_action).type == "redirect" && aws_lb_listener.https[0].port == 443
    error_message = "HTTP must lead to HTTPS"
  }
}

run "public_tasks_have_an_address_to_reach_ecr_by" {
  command = plan

  assert {
    condition     = one(aws_ecs_service.this.network_configuration).assign_public_ip
    error_message = "tasks in public subnets need an address of their own"
  }
}

run "private_tasks_have_none" {
  command = plan

  variables {
    vpc_id             = "vpc-1"
    subnet_ids         = ["subnet-1", "subnet-2"]
    private_subnet_ids = ["subnet-3", "subnet-4"]
  }

  assert {
    condition     = !one(aws_ecs_service.this.network_configuration).assign_public_ip && one(aws_ecs_service.this.network_configuration).subnets == toset(["subnet-3", "subnet-4"])
    error_message = "private tasks must be in the private subnets, without a public address"
  }

  assert {
    condition     = aws_lb.this.subnets == toset(["subnet-1", "subnet-2"])
    error_message = "the load balancer must be in the public subnets"
  }
}

run "secrets_are_read_by_the_execution_role_alone" {
  command = apply

  variables {
    secrets = {
      TOKEN    = "arn:aws:ssm:eu-central-1:123456789012:parameter/web/token"
      PASSWORD = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:db-AbCdEf:password::"
    }
  }

  assert {
    condition = toset(jsondecode(aws_iam_role_policy.secrets[0].policy).Statement[0].Resource) == toset([
      "arn:aws:ssm:eu-central-1:123456789012:parameter/web/token",
      "arn:aws:secretsmanager:eu-central-1:123456789012:secret:db-AbCdEf",
    ])
    error_message = "the policy must name each secret, and nothing else"
  }

  assert {
    condition     = aws_iam_role_policy.secrets[0].role == aws_iam_role.execution.id
    error_message = "ECS reads secrets by the execution role"
  }
}

run "an_image_is_named_by_its_digest" {
  command = plan

  variables {
    image = "123456789012.dkr.ecr.eu-central-1.amazonaws.com/web:latest"
  }

  expect_failures = [var.image]
}

run "fargate_has_fixed_sizes" {
  command = plan

  variables {
    cpu    = 256
    memory = 4096
  }

  expect_failures = [var.memory]
}

run "a_vpc_comes_with_its_subnets" {
  command = plan

  variables {
    vpc_id = "vpc-1"
  }

  expect_failures = [var.subnet_ids]
}

run "one_subnet_is_not_enough" {
  command = plan

  variables {
    vpc_id     = "vpc-1"
    subnet_ids = ["subnet-1"]
  }

  expect_failures = [aws_lb.this]
}

run "a_name_fits_the_load_balancer" {
  command = plan

  variables {
    name = "a-name-that-is-longer-than-any-load-balancer-may-have"
  }

  expect_failures = [var.name]
}
